package io.k3j.componentapi;

import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import org.osgi.annotation.versioning.ProviderType;

/// The running components: their replacement, and how one is stopped for a while. Implemented by `features`; used by
/// `console`, which only root can reach. Calls are serialised; a second one waits.
@ProviderType
public interface Components {
    /// All bundles of wanted features, by name.
    List<Component> list();

    /// Whether `jar` could replace the running bundle of the same symbolic name: one sentence per
    /// obstacle, empty when there is none. Changes nothing.
    List<String> check(Path jar);

    /// Replaces the running bundle by `jar` as its policy says, watches the new one's health for up to
    /// 30 s and goes back by itself when it does not become healthy. The choice survives a restart.
    ///
    /// Blocks until it is over. `progress` gets a line per step, on the calling thread.
    /// @throws SwapRefused when nothing was changed, or when the old one is back; it says why
    Component swap(Path jar, Consumer<String> progress);

    /// Takes back the last swap of `name`: the one before it runs again. Blocks as `swap` does.
    /// @throws SwapRefused when there is none, or when it does not become healthy
    Component back(String name, Consumer<String> progress);

    /// Stops a bundle: what it offered is away until it is started again, or the process is. The world it has made
    /// stays, as in a swap. Blocks until it has stopped.
    /// @throws SwapRefused when it has to run, or does not; nothing was changed
    Component stop(String name);

    /// Starts a bundle again that was stopped, and watches for up to 30 s whether it becomes as healthy as it was.
    /// @throws SwapRefused when it was not stopped, or is not healthy; it says whether it runs all the same
    Component start(String name);

    /// One bundle as an operator sees it.
    ///
    /// @param name the short name, e.g. `kube-proxy`
    /// @param symbolicName e.g. `io.k3j.kubeproxy`
    /// @param version bundle version, with a `+` and the jar's short SHA-256 when it is not the shipped one
    /// @param state `ACTIVE`, `RESOLVED`, …; `STOPPED` by an operator, `ABSENT` when it is not in the distribution
    /// @param health its worst report
    /// @param message that report's message
    /// @param policy how it may be swapped
    /// @param since when the present one started, ISO 8601
    record Component(String name, String symbolicName, String version, String state, HealthLevel health,
            String message, SwapPolicy policy, String since) {
    }
}
