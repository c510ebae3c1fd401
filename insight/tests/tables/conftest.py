"""A Spark on this machine, for the whole session; where there is none, its tests say what is missing."""

from __future__ import annotations

import importlib.util
import os
import shutil
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from setia_insight.tables import DuckDB, Engine, Spark


@pytest.fixture(scope="session")
def session() -> Iterator[Any]:
    """A Spark session of two threads that nobody can reach from outside."""
    if importlib.util.find_spec("pyspark") is None:
        pytest.skip("PySpark is not installed (`make spark` does): Spark was not compared with DuckDB")
    if shutil.which("java") is None and not os.environ.get("JAVA_HOME"):
        pytest.skip("there is no Java here (17 or newer): Spark was not compared with DuckDB")
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")
    from pyspark.sql import SparkSession

    session = (
        SparkSession.builder.master("local[2]")
        .appName("setia-insight tests")
        .config("spark.driver.host", "127.0.0.1")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.ui.enabled", "false")
        .config("spark.ui.showConsoleProgress", "false")
        .config("spark.sql.shuffle.partitions", "3")
        .config("spark.sql.session.timeZone", "America/New_York")  # nothing may depend on it
        .getOrCreate()
    )
    session.sparkContext.setLogLevel("ERROR")
    yield session
    session.stop()


@pytest.fixture(scope="session")
def duck() -> Engine:
    """DuckDB, for what the shared code decides before an engine is asked."""
    return DuckDB()


@pytest.fixture(scope="session", params=["DUCKDB", "SPARK"])
def engine(request: pytest.FixtureRequest) -> Engine:
    """Either engine: what a test asks of it holds for both."""
    if request.param == "DUCKDB":
        return DuckDB()
    return Spark(request.getfixturevalue("session"))
