"""Where tables are executed. The only room that knows a database."""
