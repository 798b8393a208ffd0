package io.k3j.apiserver;

import io.k3j.apiserverapi.ResourceKind;
import io.k3j.componentapi.Health;
import io.k3j.componentapi.Metrics;
import io.k3j.encryptionproviders.ConfiguredEncryption;
import io.k3j.encryptionproviders.EncryptionOptions;
import io.k3j.watchcache.AtRest;
import io.k3j.watchcache.EncryptionAtRest;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Optional;
import java.util.function.Supplier;

/// How objects lie in the store: as the file of `encryption-provider-config` says, else Secrets as
/// `k3s secrets-encrypt` says, as in K3s.
final class Encryption implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger("io.k3j.apiserver");
    private final AtRest atRest;
    private final Optional<ConfiguredEncryption> configured;

    /// Reads the file, where there is one; starts nothing.
    /// @param kinds those that are served
    /// @throws IllegalArgumentException for a wrong flag or file
    Encryption(ApiServerSettings settings, Supplier<Collection<ResourceKind>> kinds, Health health) {
        EncryptionOptions options = EncryptionOptions.of(settings.secretsEncryption(), settings.kubeApiserverArg());
        configured = options.configured() ? Optional.of(new ConfiguredEncryption(options, kinds, health))
                : Optional.empty();
        if (configured.isPresent() && settings.secretsEncryption()) {
            LOG.log(System.Logger.Level.WARNING, "What --secrets-encryption and k3s secrets-encrypt configure is not"
                    + " used, because of --kube-apiserver-arg=encryption-provider-config path={0}", options.file());
        }
        atRest = configured.isPresent() ? configured.get() : secrets(settings);
    }

    private static AtRest secrets(ApiServerSettings settings) {
        return settings.dataDir().isEmpty() ? EncryptionAtRest.none()
                : new EncryptionAtRest(
                        Path.of(settings.dataDir()).resolve("server/cred/encryption-config.json").toAbsolutePath(),
                        settings.secretsEncryption());
    }

    AtRest atRest() {
        return atRest;
    }

    /// Begins to follow the file.
    /// @return what is counted of that; empty when there is none
    Optional<Metrics> start() {
        configured.ifPresent(ConfiguredEncryption::start);
        return configured.map(ConfiguredEncryption::metrics);
    }

    @Override
    public void close() {
        configured.ifPresent(ConfiguredEncryption::close);
    }
}
