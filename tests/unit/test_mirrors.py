"""Where providers are found: each place in its turn, by a folder that stands for it."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from emulate import terraform
from emulate.terraform import host_platform, mirrored, mirrors


def _with(mirror: Path, version: str = "6.25.0", registry: str = "registry.terraform.io") -> Path:
    folder = mirror / registry / "hashicorp" / "aws" / version / host_platform()
    folder.mkdir(parents=True)
    (folder / f"terraform-provider-aws_v{version}_x5").touch()
    return mirror


def _configuration(file: Path, text: str) -> str:
    file.write_text(text, encoding="utf-8")
    return str(file)


PLACES: dict[str, Callable[[Path, Path], dict[str, str]]] = {
    "ISTHMUS_PROVIDER_MIRROR": lambda _, mirror: {"ISTHMUS_PROVIDER_MIRROR": str(mirror)},
    "a mirror of TF_CLI_CONFIG_FILE": lambda tmp, mirror: {
        "TF_CLI_CONFIG_FILE": _configuration(
            tmp / "rc",
            'provider_installation {\n  # filesystem_mirror { path = "/old" }\n  filesystem_mirror {\n'
            f'    path    = "{mirror}"\n    include = ["*/*/*"]\n  }}\n  direct {{}}\n}}\n',
        )
    },
    "the cache of TF_CLI_CONFIG_FILE": lambda tmp, mirror: {
        "TF_CLI_CONFIG_FILE": _configuration(tmp / "rc", f'plugin_cache_dir = "{mirror}"\n')
    },
    "TF_PLUGIN_CACHE_DIR": lambda _, mirror: {"TF_PLUGIN_CACHE_DIR": str(mirror)},
}
FIXED = {
    "the user's plugins": "home/.terraform.d/plugins",
    "the user's data": "home/.local/share/terraform/plugins",
    "the data of all": "data/terraform/plugins",
    "what an image brings": "shared/providers",
}


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    return {"HOME": str(tmp_path / "home"), "XDG_DATA_DIRS": str(tmp_path / "data")}


@pytest.mark.parametrize("place", PLACES)
def test_a_provider_is_found_where_the_environment_says(place: str, environ: dict[str, str], tmp_path: Path) -> None:
    mirror = _with(tmp_path / "mirror")
    shared = tmp_path / "shared"
    assert mirrored("aws", environ, shared=shared) is None
    environ |= PLACES[place](tmp_path, mirror)
    assert list(mirrors(environ, shared=shared)) == [mirror]
    assert mirrored("aws", environ, shared=shared) == mirror / "registry.terraform.io/hashicorp/aws/6.25.0"
    assert mirrored("azurerm", environ, shared=shared) is None


@pytest.mark.parametrize("place", FIXED)
def test_a_provider_is_found_in_the_usual_places(place: str, environ: dict[str, str], tmp_path: Path) -> None:
    mirror = _with(tmp_path / FIXED[place])
    assert list(mirrors(environ, shared=tmp_path / "shared")) == [mirror]


def test_what_the_user_names_comes_first_and_a_place_that_is_not_there_is_passed_over(
    environ: dict[str, str], tmp_path: Path
) -> None:
    usual, named = _with(tmp_path / FIXED["the user's plugins"]), _with(tmp_path / "named", "5.100.0")
    environ |= {"ISTHMUS_PROVIDER_MIRROR": str(named), "TF_PLUGIN_CACHE_DIR": str(tmp_path / "gone")}
    environ["TF_CLI_CONFIG_FILE"] = str(tmp_path / "gone.rc")
    assert list(mirrors(environ, shared=tmp_path / "shared")) == [named, usual]
    found = mirrored("aws", environ, shared=tmp_path / "shared")
    assert found is not None
    assert found.name == "5.100.0"


def test_the_newest_version_of_a_mirror_is_taken_by_number(environ: dict[str, str], tmp_path: Path) -> None:
    for version in ("6.9.0", "6.25.0", "5.100.0"):
        _with(tmp_path / "mirror", version)
    found = mirrored("aws", {**environ, "ISTHMUS_PROVIDER_MIRROR": str(tmp_path / "mirror")}, shared=tmp_path)
    assert found is not None
    assert found.name == "6.25.0"


def test_a_zip_as_terraform_providers_mirror_writes_it_is_unpacked_once(
    environ: dict[str, str], tmp_path: Path
) -> None:
    folder = tmp_path / "mirror" / "registry.terraform.io" / "hashicorp" / "aws"
    folder.mkdir(parents=True)
    file = folder / f"terraform-provider-aws_6.25.0_{host_platform()}.zip"
    with zipfile.ZipFile(file, "w") as packed:
        packed.writestr("terraform-provider-aws_v6.25.0_x5", "#!/bin/sh\n")
    environ |= {"ISTHMUS_PROVIDER_MIRROR": str(tmp_path / "mirror"), "XDG_CACHE_HOME": str(tmp_path / "cache")}
    found = mirrored("aws", environ, shared=tmp_path)
    assert found == tmp_path / "cache/isthmus/providers/aws/6.25.0"
    [executable] = (found / host_platform()).iterdir()
    assert executable.stat().st_mode & 0o111
    assert list(found.iterdir()) == [found / host_platform()]
    file.write_bytes(b"read only once")
    assert mirrored("aws", environ, shared=tmp_path) == found


def test_a_mirror_of_opentofu_serves_as_well(environ: dict[str, str], tmp_path: Path) -> None:
    mirror = _with(tmp_path / "mirror", registry="registry.opentofu.org")
    environ["ISTHMUS_PROVIDER_MIRROR"] = str(mirror)
    assert mirrored("aws", environ, shared=tmp_path) == mirror / "registry.opentofu.org/hashicorp/aws/6.25.0"


def test_the_binary_is_the_one_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tofu = tmp_path / "tofu"
    tofu.write_text("#!/bin/sh\n", encoding="utf-8")
    tofu.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("TERRAFORM_BINARY_NAME", "tofu")
    assert terraform.binary() == str(tofu)
    monkeypatch.delenv("TERRAFORM_BINARY_NAME")
    with pytest.raises(terraform.UnavailableError, match="terraform is not on PATH: install Terraform"):
        terraform.binary()
