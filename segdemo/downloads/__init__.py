"""Models whose weights others publish: fetched on request, checked, kept as files of our own."""

from segdemo.downloads.catalogue import DOWNLOADS, Download, find_download
from segdemo.downloads.fetching import Progress
from segdemo.downloads.installing import entry_of, install

__all__ = ["DOWNLOADS", "Download", "Progress", "entry_of", "find_download", "install"]
