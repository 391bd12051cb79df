"""A table that is sorted in the browser by any of its columns."""

from segdemo.ui.sortable.component import Sheet, SortableTable

__all__ = ["Sheet", "SortableTable"]
