"""What the page of models is made of: the table, the charts, the cards and timing on request."""

from segdemo.ui.catalogue.cards import ModelCards
from segdemo.ui.catalogue.chart import chart_html
from segdemo.ui.catalogue.comparison import ModelTable
from segdemo.ui.catalogue.measuring import Measured, Measurement, measure

__all__ = ["Measured", "Measurement", "ModelCards", "ModelTable", "chart_html", "measure"]
