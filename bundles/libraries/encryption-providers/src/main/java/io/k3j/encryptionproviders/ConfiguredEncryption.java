package io.k3j.encryptionproviders;

import io.k3j.apiserverapi.ResourceKind;
import io.k3j.componentapi.Health;
import io.k3j.componentapi.Metrics;
import io.k3j.encryption.RowCipher;
import io.k3j.encryption.UnreadableRow;
import io.k3j.metricstext.ApiServerId;
import io.k3j.watchcache.AtRest;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// How objects lie in the store as the file of `encryption-provider-config` says. Resources that it does not name pass
/// untouched, at the cost of one look-up. Any thread; nothing blocks.
public final class ConfiguredEncryption implements AtRest, AutoCloseable {
    private final EncryptionFile file;
    private final StoredResources resources;
    private final SecureRandom random = new SecureRandom();
    private final EncryptionMetrics metrics;
    private final @Nullable EncryptionReload reload;
    private volatile Use use;

    /// A configuration in use, and what was found in it by prefix: as many as there are resources.
    private record Use(ResourceCiphers ciphers, Map<String, Optional<RowCipher>> known) {
    }

    /// Reads and checks the file; starts nothing.
    /// @param options with a file
    /// @param kinds those that are served now
    /// @throws IllegalArgumentException in upstream's words, without secrets
    public ConfiguredEncryption(EncryptionOptions options, Supplier<Collection<ResourceKind>> kinds, Health health) {
        this.file = new EncryptionFile(Path.of(options.file()).toAbsolutePath());
        this.resources = new StoredResources(kinds);
        this.metrics = new EncryptionMetrics(ApiServerId.ofHost(), InstantSource.system());
        byte[] first;
        try {
            first = file.bytes();
            this.use = parsed(first);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("--kube-apiserver-arg=encryption-provider-config: error while parsing"
                    + " file: " + e.getMessage() + "; correct " + file.path() + " or leave the argument out", e);
        }
        metrics.configured(first);
        this.reload = options.reload() ? new EncryptionReload(file, first, this::changed, metrics, health) : null;
    }

    private Use parsed(byte[] bytes) {
        return new Use(new ResourceCiphers(ProvidersFile.parse(bytes), random), new ConcurrentHashMap<>());
    }

    private void changed(byte[] bytes) {
        use = parsed(bytes);
    }

    /// Begins to follow the file, where that is wanted.
    public void start() {
        if (reload != null) {
            reload.start();
        }
    }

    /// Looks at the file now.
    void look() {
        if (reload != null) {
            reload.look();
        }
    }

    /// Reloads, under upstream's names.
    public Metrics metrics() {
        return metrics;
    }

    private Optional<RowCipher> cipher(String storeKey) {
        Use now = use;
        String prefix = StoredResources.prefix(storeKey);
        Optional<RowCipher> known = now.known.get(prefix);
        if (known != null) {
            return known;
        }
        Optional<GroupResource> resource = resources.at(prefix);
        Optional<RowCipher> cipher = resource.flatMap(now.ciphers::of);
        if (resource.isPresent()) {
            now.known.put(prefix, cipher);
        }
        return cipher;
    }

    @Override
    public boolean covers(String storeKey) {
        return cipher(storeKey).isPresent();
    }

    @Override
    public byte[] seal(String storeKey, byte[] value) {
        Optional<RowCipher> cipher = cipher(storeKey);
        return cipher.isPresent() ? cipher.get().seal(storeKey, value) : value;
    }

    @Override
    public boolean current(String storeKey, byte[] value) {
        return cipher(storeKey).map(cipher -> cipher.current(storeKey, value))
                .orElseGet(() -> !RowCipher.sealed(value));
    }

    @Override
    public byte[] open(String storeKey, byte[] value) {
        Optional<RowCipher> cipher = cipher(storeKey);
        if (cipher.isEmpty() && !RowCipher.sealed(value)) {
            return value;
        }
        try {
            return cipher.orElseThrow(() -> new UnreadableRow("it is encrypted with the key "
                    + RowCipher.keyName(value) + ", and no entry names its resource")).open(storeKey, value);
        } catch (UnreadableRow why) {
            throw new UnreadableRow("cannot decrypt " + storeKey + ": " + why.getMessage() + "; complete "
                    + file.path() + ", given by --kube-apiserver-arg=encryption-provider-config", why);
        }
    }

    /// Ends following the file; waits for that two seconds at most.
    @Override
    public void close() {
        if (reload != null) {
            reload.close();
        }
    }
}
