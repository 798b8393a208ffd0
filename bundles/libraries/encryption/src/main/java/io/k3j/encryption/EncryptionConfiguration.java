package io.k3j.encryption;

import io.k3j.codec.Json;
import io.k3j.codec.MalformedInput;
import io.k3j.encryption.Provider.Kind;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/// Upstream's `EncryptionConfiguration` for the resource `secrets`, in the form K3s writes it: the provider in use
/// first; `identity` last while encryption is on, and first while it is off. Each step of a rotation gives a new value,
/// and each of them reads every row the one before could read; only [#withoutOldKey] forgets a key.
///
/// ```
/// initial(a)   a identity          withNewKey(b)   a b identity
/// rotated      b a identity        withoutOldKey   b identity
/// ```
///
/// Immutable; any thread.
///
/// @param providers in the order in which they are tried; at least one
public record EncryptionConfiguration(List<Provider> providers) {
    private static final String KIND = "EncryptionConfiguration";
    private static final String VERSION = "apiserver.config.k8s.io/v1";
    private static final String SECRETS = "secrets";

    /// Copies the providers.
    /// @throws IllegalArgumentException when there is none
    public EncryptionConfiguration {
        providers = List.copyOf(providers);
        if (providers.isEmpty()) {
            throw new IllegalArgumentException("an EncryptionConfiguration without providers");
        }
    }

    /// What a new cluster gets: one key in use.
    public static EncryptionConfiguration initial(Kind kind, EncryptionKey key) {
        return new EncryptionConfiguration(List.of(new Provider(kind, List.of(key)), Provider.IDENTITY));
    }

    /// What a cluster gets that has not encrypted so far: nothing is sealed yet, and every server knows the key before
    /// one of them uses it.
    public static EncryptionConfiguration prepared(Kind kind, EncryptionKey key) {
        return new EncryptionConfiguration(List.of(Provider.IDENTITY, new Provider(kind, List.of(key))));
    }

    /// Reads the file, which operators may have written; other resources than Secrets are refused and not ignored, for
    /// they would be stored plain.
    /// @throws IllegalArgumentException saying what is wrong, without secrets
    public static EncryptionConfiguration parse(String json) {
        Struct document;
        try {
            document = Json.object(json.getBytes(StandardCharsets.UTF_8));
        } catch (MalformedInput malformed) {
            throw new IllegalArgumentException("it is no JSON object", malformed);
        }
        if (!document.text("kind").equals(KIND)) {
            throw new IllegalArgumentException("its kind is not " + KIND);
        }
        List<Struct> resources = document.seq("resources").structs();
        if (resources.size() != 1 || !resources.getFirst().seq("resources").texts().equals(List.of(SECRETS))) {
            throw new IllegalArgumentException("it has to be about the resource secrets, and about no other");
        }
        return new EncryptionConfiguration(
                resources.getFirst().seq("providers").structs().stream().map(EncryptionConfiguration::provider)
                        .toList());
    }

    private static Provider provider(Struct json) {
        if (json.size() != 1) {
            throw new IllegalArgumentException("each provider has to have exactly one name");
        }
        Kind kind = Kind.of(json.name(0));
        List<EncryptionKey> keys = new ArrayList<>();
        for (Struct key : json.struct(kind.word()).seq("keys").structs()) {
            keys.add(new EncryptionKey(key.text("name"), key.text("secret")));
        }
        return new Provider(kind, keys);
    }

    /// The file's text, as Go writes it: its hash is compared between servers. Holds the keys.
    public String json() {
        Seq all = Seq.copyOf(providers.stream().map(EncryptionConfiguration::json).toList());
        return Json.text(Struct.of("kind", KIND, "apiVersion", VERSION, "resources",
                Seq.of(Struct.of("resources", Seq.of(SECRETS), "providers", all))));
    }

    private static Struct json(Provider provider) {
        Seq keys = Seq.copyOf(provider.keys().stream()
                .map(key -> Struct.of("name", key.name(), "secret", key.secret())).toList());
        return Struct.of(provider.kind().word(),
                provider.kind() == Kind.IDENTITY ? Struct.EMPTY : Struct.of("keys", keys));
    }

    /// The SHA-256 of a file's text in hex, by which servers see whether they have the same. Bytes count, so of the
    /// text as it is in the file.
    public static String hash(String json) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(json.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest);
        } catch (GeneralSecurityException missing) {
            throw new IllegalStateException(missing);
        }
    }

    /// Whether new rows are encrypted.
    public boolean on() {
        return providers.getFirst().kind() != Kind.IDENTITY;
    }

    /// The keys of one kind, the one in use first.
    public List<EncryptionKey> keys(Kind kind) {
        return providers.stream().filter(provider -> provider.kind() == kind)
                .flatMap(provider -> provider.keys().stream()).toList();
    }

    /// The provider that seals new rows, empty for none.
    public Optional<Provider> sealing() {
        return on() ? Optional.of(providers.getFirst()) : Optional.empty();
    }

    /// The same keys with encryption on, by keys of this kind, or off.
    /// @throws IllegalArgumentException when it should be on and there is no key of the kind
    public EncryptionConfiguration enabled(boolean enable, Kind kind) {
        if (enable && keys(kind).isEmpty()) {
            throw new IllegalArgumentException("cannot enable secrets encryption with " + kind.word()
                    + " key type, no keys found");
        }
        return with(enable, kind, keys(kind));
    }

    /// A further key, known to everybody and not in use yet: the stage `prepare`.
    public EncryptionConfiguration withNewKey(Kind kind, EncryptionKey key) {
        List<EncryptionKey> keys = new ArrayList<>(keys(kind));
        keys.add(key);
        // while another kind seals, it goes on doing so
        Kind first = sealing().map(Provider::kind).orElse(kind);
        return first == kind ? with(on(), kind, keys) : inSecondPlace(first, kind, keys);
    }

    private EncryptionConfiguration inSecondPlace(Kind first, Kind kind, List<EncryptionKey> keys) {
        return new EncryptionConfiguration(
                List.of(new Provider(first, keys(first)), new Provider(kind, keys), Provider.IDENTITY));
    }

    /// The newest key of the kind in use, the others after it: the stage `rotate`.
    /// @throws IllegalArgumentException when there is no key of the kind
    public EncryptionConfiguration rotated(Kind kind) {
        List<EncryptionKey> keys = new ArrayList<>(keys(kind));
        if (keys.isEmpty()) {
            throw new IllegalArgumentException("there is no " + kind.word() + " key to rotate to");
        }
        keys.addFirst(keys.removeLast());
        return with(true, kind, keys);
    }

    /// Without the key that was in use before the last rotation; of the other kind when that was in use. A cluster that
    /// was not encrypted before has none. Only when no row is left under it.
    public EncryptionConfiguration withoutOldKey(Kind kind) {
        List<EncryptionKey> keys = keys(kind);
        Kind other = other(kind);
        List<EncryptionKey> others = keys(other);
        if (keys.size() > 1) {
            return with(on(), kind, keys.subList(0, keys.size() - 1));
        }
        if (others.isEmpty()) {
            return this;
        }
        return of(on(), new ArrayList<>(List.of(new Provider(kind, keys))), other,
                others.subList(0, others.size() - 1));
    }

    private EncryptionConfiguration with(boolean enable, Kind kind, List<EncryptionKey> keys) {
        List<Provider> all = new ArrayList<>();
        if (!keys.isEmpty()) {
            all.add(new Provider(kind, keys));
        }
        return of(enable, all, other(kind), keys(other(kind)));
    }

    private static EncryptionConfiguration of(boolean enable, List<Provider> all, Kind other,
            List<EncryptionKey> others) {
        if (!others.isEmpty()) {
            all.add(new Provider(other, others));
        }
        all.add(enable ? all.size() : 0, Provider.IDENTITY);
        return new EncryptionConfiguration(all);
    }

    private static Kind other(Kind kind) {
        return kind == Kind.AESCBC ? Kind.SECRETBOX : Kind.AESCBC;
    }
}
