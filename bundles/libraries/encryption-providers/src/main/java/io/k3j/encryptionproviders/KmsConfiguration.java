package io.k3j.encryptionproviders;

import java.nio.file.Path;
import java.time.Duration;

/// A KMS v2 provider as the file has it. A value.
///
/// @param name stands in front of its rows
/// @param socket where the plug-in listens
/// @param timeout of each call
record KmsConfiguration(String name, Path socket, Duration timeout) {
}
