package io.k3j.cli.upgrade;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/// What an operator has said about an upgrade.
///
/// @param dataDir of the server or agent
/// @param downgrade whether the release may be older
/// @param snapshot whether the datastore is saved before
/// @param timeout until the new release has passed its trial
/// @param restart a line of the shell that restarts the service, empty for systemd's unit
/// @param java the `K3S_JAVA` of the command, which is that of a service that does not run; empty without
public record UpgradeOptions(Path dataDir, boolean downgrade, boolean snapshot, Duration timeout, String restart,
        String java) {
    /// The `K3S_JAVA` of the service, as far as it is known.
    String java(Optional<Machine.Running> running) {
        return running.map(Machine.Running::java).orElse(java);
    }
}
