package io.k3j.encryptionproviders;

import static io.k3j.validation.FieldTypes.Type.ANY;
import static io.k3j.validation.FieldTypes.Type.STRUCT;
import static io.k3j.validation.FieldTypes.Type.TEXT;
import static io.k3j.validation.FieldTypes.Type.TEXTS;
import static io.k3j.validation.FieldTypes.Type.object;
import static io.k3j.validation.FieldTypes.Type.objects;

import io.k3j.apiserverapi.FieldProblem;
import io.k3j.codec.Document;
import io.k3j.codec.MalformedInput;
import io.k3j.codec.Yaml;
import io.k3j.componentbase.ConfigurationFile;
import io.k3j.encryption.EncryptionKey;
import io.k3j.encryption.EnvelopeTransformer;
import io.k3j.encryption.Provider;
import io.k3j.encryption.Provider.Kind;
import io.k3j.encryption.RowProvider;
import io.k3j.model.Struct;
import io.k3j.validation.FieldTypes;
import io.k3j.validation.FieldTypes.Type;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Reads an `EncryptionConfiguration` of `apiserver.config.k8s.io/v1`, in YAML or JSON, as strictly as upstream: what
/// means nothing is wrong. What it says holds no secret.
final class ProvidersFile {
    private static final String KIND = "EncryptionConfiguration";
    private static final String VERSION = "apiserver.config.k8s.io/v1";
    private static final String REDACTED = "REDACTED";
    private static final int LONGEST_WORD = 20;
    private static final List<Kind> WITH_KEYS = List.of(Kind.AESGCM, Kind.AESCBC, Kind.SECRETBOX);
    private static final Type KEYS = object(Map.of("keys", objects(Map.of("name", TEXT, "secret", TEXT))));
    private static final Type KMS = object(Map.of("apiVersion", TEXT, "name", TEXT, "endpoint", TEXT, "timeout", TEXT,
            "cachesize", ANY));
    private static final Map<String, Type> PROVIDER = Map.of("aescbc", KEYS, "aesgcm", KEYS, "secretbox", KEYS,
            "identity", STRUCT, "kms", KMS);
    private static final Map<String, Type> CONFIGURATION = Map.of("apiVersion", TEXT, "kind", TEXT, "metadata", ANY,
            "resources", objects(Map.of("resources", TEXTS, "providers", objects(PROVIDER))));

    private ProvidersFile() {
    }

    /// All of a file.
    /// @throws IllegalArgumentException when it cannot be read
    static byte[] bytes(ConfigurationFile file) {
        try {
            return file.bytes();
        } catch (IOException e) {
            throw new IllegalArgumentException("error reading encryption provider configuration file: " + e, e);
        }
    }

    /// The entries of a file.
    /// @param kms the providers that it names
    /// @throws IllegalArgumentException naming everything that is wrong
    static List<ResourceEntry> parse(byte[] file, Function<KmsConfiguration, EnvelopeTransformer> kms) {
        Struct object = decoded(file);
        List<FieldProblem> problems = ProvidersRules.problems(object);
        if (!problems.isEmpty()) {
            throw new IllegalArgumentException(joined(problems.stream().map(FieldProblem::toString).toList()));
        }
        return object.seq("resources").structs().stream().map(entry -> entry(entry, kms)).toList();
    }

    private static Struct decoded(byte[] file) {
        if (file.length == 0) {
            throw new IllegalArgumentException("encryption provider configuration file is empty");
        }
        Document document;
        try {
            document = Yaml.document(file);
        } catch (MalformedInput e) {
            // not told, nor as a cause: its text may show a line with a key
            throw new IllegalArgumentException("it is neither YAML nor JSON");
        }
        Struct object = document.object();
        if (object.text("kind").isEmpty()) {
            throw new IllegalArgumentException("Object 'Kind' is missing; it must be an " + KIND + " of " + VERSION);
        }
        if (!object.text("kind").equals(KIND) || !object.text("apiVersion").equals(VERSION)) {
            throw new IllegalArgumentException("no kind \"" + object.text("kind") + "\" is registered for version \""
                    + object.text("apiVersion") + "\"; it must be an " + KIND + " of " + VERSION);
        }
        FieldTypes types = FieldTypes.of(object, CONFIGURATION);
        List<String> wrong = new ArrayList<>(document.duplicates());
        types.unknown().forEach(field -> wrong.add("unknown field \"" + named(field) + "\""));
        if (!wrong.isEmpty()) {
            throw new IllegalArgumentException("strict decoding error: " + String.join(", ", wrong));
        }
        if (!types.problems().isEmpty()) {
            throw new IllegalArgumentException(joined(types.problems().stream().map(ProvidersFile::untold).toList()));
        }
        return object;
    }

    /// Without what is no name of a field: `secret:` with the key right behind it is one to YAML.
    private static String named(String path) {
        return Stream.of(path.split("\\.", -1)).map(n -> word(n) ? n : REDACTED).collect(Collectors.joining("."));
    }

    /// No key is as short.
    private static boolean word(String name) {
        int end = name.endsWith("]") ? name.lastIndexOf('[') : name.length();
        return end <= LONGEST_WORD && name.chars().limit(end).allMatch(c -> c < 0x80 && Character.isLetterOrDigit(c));
    }

    /// Without the value, which may be a key in the wrong place. A message that was cut ends within it.
    private static String untold(FieldProblem problem) {
        String message = problem.message();
        return problem.field() + ": Invalid value: \"" + REDACTED + "\"" + (message.endsWith("...")
                ? ": must be of another type" : message.substring(message.lastIndexOf(": ")));
    }

    /// Several problems as one text, as upstream joins them.
    private static String joined(List<String> problems) {
        String all = problems.stream().distinct().collect(Collectors.joining(", "));
        return problems.size() == 1 ? all : "[" + all + "]";
    }

    private static ResourceEntry entry(Struct entry, Function<KmsConfiguration, EnvelopeTransformer> kms) {
        return new ResourceEntry(entry.seq("resources").texts().stream().map(GroupResource::parse).toList(),
                entry.seq("providers").structs().stream().map(provider -> given(provider, "kms")
                        ? kms.apply(KmsRules.configuration(provider.struct("kms"))) : provider(provider)).toList());
    }

    private static RowProvider provider(Struct provider) {
        for (Kind kind : WITH_KEYS) {
            if (given(provider, kind.word())) {
                return new Provider(kind, provider.struct(kind.word()).seq("keys").structs().stream()
                        .map(key -> new EncryptionKey(key.text("name"), ProvidersRules.unbroken(key.text("secret"))))
                        .toList());
            }
        }
        return Provider.IDENTITY;
    }

    /// Whether a provider is there; null stands for left out.
    static boolean given(Struct provider, String name) {
        return provider.get(name) instanceof Struct;
    }
}
