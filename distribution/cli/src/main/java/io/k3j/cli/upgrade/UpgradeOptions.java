package io.k3j.cli.upgrade;

import java.nio.file.Path;
import java.time.Duration;

/// What an operator has said about an upgrade.
///
/// @param dataDir of the server or agent
/// @param downgrade whether the release may be older
/// @param snapshot whether the datastore is saved before
/// @param timeout until the new release has passed its trial
/// @param restart a line of the shell that restarts the service, empty for systemd's unit
public record UpgradeOptions(Path dataDir, boolean downgrade, boolean snapshot, Duration timeout, String restart) {
}
