package io.k3j.cricontainerd;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// The runtimes beside runc that K3s knows: each that is installed when containerd starts, somewhere on PATH, is put
/// into its configuration under the name that the RuntimeClass of that name has as its handler. See
/// <https://docs.k3s.io/advanced#alternative-container-runtime-support>.
final class OciRuntimes {
    /// The shim of everything that has runc's command line.
    static final String RUNC = "io.containerd.runc.v2";
    private static final List<Known> KNOWN = List.of(new Known("crun", RUNC, "crun"),
            new Known("nvidia", RUNC, "nvidia-container-runtime"),
            new Known("nvidia-experimental", RUNC, "nvidia-container-runtime-experimental"),
            new Known("nvidia-cdi", RUNC, "nvidia-container-runtime.cdi"), shim("lunatic", 1), shim("slight", 1),
            shim("spin", 2), shim("wws", 1), shim("wasmedge", 1), shim("wasmer", 1), shim("wasmtime", 1));

    private OciRuntimes() {
    }

    private record Known(String name, String type, String binary) {
    }

    /// A runtime for containerd's configuration.
    ///
    /// @param name the handler
    /// @param type of its shim
    /// @param binary its path, or its name where it was not found
    record Installed(String name, String type, String binary) {
    }

    private static Known shim(String name, int version) {
        return new Known(name, "io.containerd." + name + ".v" + version, "containerd-shim-" + name + "-v" + version);
    }

    /// Those that are installed, in a fixed order.
    static List<Installed> installed(HostCapabilities machine) {
        return KNOWN.stream().flatMap(k -> machine.find(k.binary).map(path -> of(k, path)).stream()).toList();
    }

    private static Installed of(Known known, Path binary) {
        return new Installed(known.name, known.type, binary.toString());
    }

    /// One that somebody has named (`--default-runtime`): of a known name as it is known, else one with runc's command
    /// line, whether or not it is installed.
    static Installed named(String name, HostCapabilities machine) {
        Known known = KNOWN.stream().filter(k -> k.name.equals(name)).findFirst().orElse(new Known(name, RUNC, name));
        Optional<Path> found = machine.find(known.binary);
        return new Installed(name, known.type, found.map(Path::toString).orElse(known.binary));
    }
}
