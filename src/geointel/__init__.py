"""geointel: recorded drug offences, services and drug driving on one hexagon map."""

__version__ = "0.1.0"
