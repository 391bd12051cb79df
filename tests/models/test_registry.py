"""How architectures get their names."""

import pytest
from torch import nn

from segdemo.errors import UnknownNameError
from segdemo.models import build_model, list_architectures, registry
from segdemo.models.registry import register_model, register_ready_made


@pytest.fixture(autouse=True)
def own_registry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "_BUILDERS", dict(registry._BUILDERS))
    monkeypatch.setattr(registry, "_READY_MADE", dict(registry._READY_MADE))


@pytest.mark.parametrize("name", ["deeplabv3plus", "fcn", "pspnet", "segnet", "unet"])
def test_the_five_architectures_are_there(name: str) -> None:
    assert name in list_architectures()


def test_names_are_sorted() -> None:
    assert list_architectures() == sorted(set(list_architectures()))


def test_a_builder_enters_under_its_functions_name() -> None:
    @register_model
    def aardvark(*, num_classes: int) -> nn.Module:
        return nn.Conv2d(3, num_classes, 1)

    assert list_architectures()[0] == "aardvark"
    assert aardvark(num_classes=4).out_channels == 4
    built = build_model("aardvark", num_classes=5)
    assert isinstance(built, nn.Conv2d)
    assert built.out_channels == 5
    assert not built.training


def test_a_name_can_be_taken_only_once() -> None:
    def fcn(*, num_classes: int) -> nn.Module:
        return nn.Conv2d(3, num_classes, 1)

    names = list_architectures()

    with pytest.raises(ValueError, match="'fcn' is already registered"):
        register_model(fcn)

    assert list_architectures() == names
    assert not isinstance(build_model("fcn", num_classes=2), nn.Conv2d)


def test_a_ready_made_architecture_can_be_built_but_is_none_to_train() -> None:
    @register_ready_made
    def zebra(*, num_classes: int) -> nn.Module:
        return nn.Conv2d(3, num_classes, 1)

    assert "zebra" not in list_architectures()
    assert isinstance(build_model("zebra", num_classes=5), nn.Conv2d)


def test_a_ready_made_architecture_takes_no_name_that_is_taken() -> None:
    def fcn(*, num_classes: int) -> nn.Module:
        return nn.Conv2d(3, num_classes, 1)

    with pytest.raises(ValueError, match="'fcn' is already registered"):
        register_ready_made(fcn)


@pytest.mark.parametrize("name", ["", "FCN", "fcn ", "resnet"])
def test_an_unknown_architecture_is_refused_and_the_known_are_named(name: str) -> None:
    with pytest.raises(UnknownNameError) as caught:
        build_model(name, num_classes=7)

    assert f"'{name}'" in str(caught.value)
    for known in list_architectures():
        assert known in str(caught.value)


@pytest.mark.parametrize("architecture", list_architectures())
@pytest.mark.parametrize("num_classes", [0, -1])
def test_fewer_classes_than_one_are_refused(architecture: str, num_classes: int) -> None:
    with pytest.raises(ValueError, match=f"num_classes must be at least 1, got {num_classes}"):
        build_model(architecture, num_classes=num_classes)


def test_the_number_of_classes_is_given_by_name() -> None:
    with pytest.raises(TypeError):
        build_model("fcn", 7)  # type: ignore[misc]
