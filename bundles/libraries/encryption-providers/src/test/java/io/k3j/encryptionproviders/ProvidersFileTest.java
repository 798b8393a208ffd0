package io.k3j.encryptionproviders;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.encryption.EnvelopeTransformer;
import io.k3j.encryption.Provider;
import io.k3j.encryption.Provider.Kind;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What a file may say, in upstream's words, and what of it counts.
class ProvidersFileTest {
    static final String KEY = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=";
    private static final String HEAD = "apiVersion: apiserver.config.k8s.io/v1\nkind: EncryptionConfiguration\n";
    private static final String PLAIN = "{identity: {}}";

    private static String entries(String... resourcesAndProviders) {
        StringBuilder text = new StringBuilder(HEAD + "resources:\n");
        for (int i = 0; i < resourcesAndProviders.length; i += 2) {
            text.append("- {resources: [").append(resourcesAndProviders[i]).append("], providers: [")
                    .append(resourcesAndProviders[i + 1]).append("]}\n");
        }
        return text.toString();
    }

    private static String keys(String provider, String secret) {
        return "{" + provider + ": {keys: [{name: k, secret: \"" + secret + "\"}]}}";
    }

    private static List<ResourceEntry> parsed(String text) {
        return ProvidersFile.parse(text.getBytes(UTF_8), kms -> new Named(kms));
    }

    /// What the file says of a provider, and nothing behind it.
    private record Named(KmsConfiguration kms) implements EnvelopeTransformer {
        @Override
        public String prefix() {
            return "k8s:enc:kms:v2:" + kms.name() + ":";
        }

        @Override
        public byte[] seal(String place, byte[] content) {
            return content;
        }

        @Override
        public byte[] open(String place, byte[] sealed) {
            return sealed;
        }

        @Override
        public boolean current(byte[] sealed) {
            return true;
        }
    }

    private static ResourceCiphers ciphers(String text) {
        return new ResourceCiphers(parsed(text), new SecureRandom());
    }

    private static void refused(String text, String why) {
        assertThatThrownBy(() -> ciphers(text)).isInstanceOf(IllegalArgumentException.class).hasMessageContaining(why)
                .hasMessageNotContaining(KEY).hasMessageNotContaining("c2hvcnQ");
    }

    @Test
    void readsWhatUpstreamsPageShows() {
        List<ResourceEntry> entries = parsed(entries("events", PLAIN, "secrets, configmaps, pandas.awesome.example",
                keys("aesgcm", KEY) + "," + keys("aescbc", KEY) + "," + keys("secretbox", KEY) + "," + PLAIN));
        assertThat(entries.getFirst().providers()).containsExactly(Provider.IDENTITY);
        assertThat(entries.getLast().resources()).containsExactly(new GroupResource("", "secrets"),
                new GroupResource("", "configmaps"), new GroupResource("awesome.example", "pandas"));
        assertThat(entries.getLast().providers()).extracting(p -> ((Provider) p).kind())
                .containsExactly(Kind.AESGCM, Kind.AESCBC, Kind.SECRETBOX, Kind.IDENTITY);
        assertThat(entries.toString()).doesNotContain(KEY);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|',
            textBlock = """
                    Secrets              | "Secrets": resource name should not contain capital letters
                    "*"                  | use '*.' to encrypt all the resources from core API group or *.* to
                    apiserveripinfo      | resources which do not have REST API/s cannot be encrypted
                    events.events.k8s.io | objects are stored using the 'events' API group in etcd. Use 'events'
                    "*.extensions"       | 'extensions' group has been removed and cannot be used for encryption
                    "secrets.*"          | "secrets.*": encrypting the same resource across groups is not supported
                    secrets, secrets     | ["secrets","secrets"]: the same resource cannot be specified multiple times
                    secrets, "*."        | using overlapping resources such as 'secrets' and '*.' in the same
                    "*.apps", "*.*"      | using overlapping resources such as 'secrets' and '*.' in the same
                    ''                   | resources[0].resources: Required value: at least one resources[0].resources
                    """,
            quoteCharacter = '\'')
    void refusesNamesInUpstreamsWords(String names, String why) {
        refused(entries(names == null ? "" : names, PLAIN), why.replace("''", "'"));
    }

    @Test
    void refusesProvidersInUpstreamsWords() {
        String at = "resources[0].providers[0]";
        refused(entries("secrets", ""), "resources[0].providers: Required value: at least one resources[0].providers is"
                + " required");
        refused(entries("secrets", "{}"), at + ": Invalid value: \"\": provider does not contain any of the expected"
                + " providers: KMS, AESGCM, AESCBC, Secretbox, Identity");
        refused(entries("secrets", "{identity: {}, aescbc: {keys: [{name: k, secret: " + KEY + "}]}}"),
                at + ": Invalid value: \"aescbc,identity\": more than one provider specified in a single element,"
                        + " should split into different list elements");
        refused(entries("secrets", "{aescbc: {keys: []}}"), at + ".aescbc.keys: Required value: at least one keys is"
                + " required");
        refused(entries("secrets", "{aesgcm: {keys: [{secret: " + KEY + "}]}}"),
                at + ".aesgcm.keys[0].name: Required value: name is a mandatory field for a key");
        refused(entries("secrets", "{aesgcm: {keys: [{name: k}]}}"),
                at + ".aesgcm.keys[0].secret: Required value: secret is a mandatory field for a key");
        refused(entries("secrets", keys("aesgcm", "c2hvcnQ=")), at + ".aesgcm.keys[0].secret: Invalid value:"
                + " \"REDACTED\": secret is not of the expected length, got 5, expected one of [16 24 32]");
        refused(entries("secrets", keys("secretbox", "MDEyMzQ1Njc4OTAxMjM0NQ==")),
                "secret is not of the expected length, got 16, expected one of [32]");
        refused(entries("secrets", keys("secretbox", "c2hvcnQ")), "Invalid value: \"REDACTED\": secrets must be base64"
                + " encoded");
    }

    private static String kms(String fields) {
        return "{kms: {" + fields + "}}";
    }

    @Test
    void readsAKmsProvider() {
        assertThat(parsed(entries("secrets", kms("apiVersion: v2, name: vault, endpoint: unix:///run/kms/a.sock")))
                .getFirst().providers())
                .containsExactly(new Named(new KmsConfiguration("vault", Path.of("/run/kms/a.sock"),
                        Duration.ofSeconds(3))));
        assertThat(parsed(entries("secrets", kms("apiVersion: v2, name: vault, endpoint: unix:///a, timeout: 1m30s")
                + "," + PLAIN)).getFirst().providers()).first()
                .isEqualTo(new Named(new KmsConfiguration("vault", Path.of("/a"), Duration.ofSeconds(90))));
        assertThat(provider(ciphers(entries("secrets", kms("apiVersion: v2, name: vault, endpoint: unix:///a"))), "",
                "secrets")).isEqualTo("kms");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|',
            textBlock = """
                    apiVersion: v2, endpoint: "unix:///a" | .name: Required value: name is a mandatory
                    apiVersion: v2, name: "a:b", endpoint: "unix:///a" | invalid KMS provider name a:b, must not contain
                    apiVersion: v2, name: a | .endpoint: Invalid value: "": endpoint is a mandatory field for a kms
                    apiVersion: v2, name: a, endpoint: "tcp://a" | unsupported scheme "tcp" for KMS provider, only
                    apiVersion: v2, name: a, endpoint: "unix:///a b" | invalid endpoint for kms provider, error: Ill
                    apiVersion: v2, name: a, endpoint: "unix:a" | it names no file
                    apiVersion: v2, name: a, endpoint: "unix:///@a" | sockets without a file are not supported by K3j
                    apiVersion: v2, name: a, endpoint: "unix:///a", timeout: 0s | timeout should be a positive value
                    apiVersion: v2, name: a, endpoint: "unix:///a", timeout: "3" | missing unit in duration
                    apiVersion: v2, name: a, endpoint: "unix:///a", cachesize: 3 | cachesize is not supported in v2
                    apiVersion: v3, name: a, endpoint: "unix:///a" | only v1 and v2 are supported
                    name: a, endpoint: "unix:///a" | .apiVersion: Invalid value: "v1": KMSv1 is deprecated and will only
                    apiVersion: v1, name: a, endpoint: "unix:///a", cachesize: 3 | Use KMSv2 instead: K3j has apiVersion
                    """,
            quoteCharacter = '\'')
    void refusesKmsProvidersInUpstreamsWords(String fields, String why) {
        refused(entries("secrets", kms(fields)), why);
    }

    @Test
    void aNameIsOfOneKmsProvider() {
        String one = kms("apiVersion: v2, name: a, endpoint: 'unix:///a'");
        refused(entries("secrets", one, "configmaps", one), "resources[1].providers[0].kms.name: Invalid value: \"a\":"
                + " duplicate KMS provider name a, names must be unique");
        refused(entries("secrets", kms("apiVersion: v2, name: a, endpoint: 'unix:///a', token: x")),
                "unknown field \"resources[0].providers[0].kms.token\"");
    }

    @Test
    void refusesFilesInUpstreamsWords() {
        refused(HEAD, "resources: Required value: at least one resources is required");
        refused("{", "neither YAML nor JSON");
        refused(HEAD.replace("/v1", "/v1beta1"), "no kind \"EncryptionConfiguration\" is registered for version"
                + " \"apiserver.config.k8s.io/v1beta1\"");
        refused(entries("secrets", "{aescbc: {key: []}}"),
                "strict decoding error: unknown field \"resources[0].providers[0].aescbc.key\"");
        refused(entries("secrets", "{aescbc: {keys: \"" + KEY + "\"}}"),
                "resources[0].providers[0].aescbc.keys: Invalid"
                        + " value: \"REDACTED\": must be a list of objects");
    }

    private static String stackTrace(Throwable thrown) {
        StringWriter all = new StringWriter();
        thrown.printStackTrace(new PrintWriter(all));
        return all.toString();
    }

    /// Where a key stands in the wrong place, or beside a mistake.
    @Test
    void noMessageAndNoCauseHoldsAKey() {
        String many = IntStream.range(0, 100).mapToObj(i -> "k" + i + ": \"" + KEY + "\"").collect(
                Collectors.joining(", "));
        String open = HEAD
                + "resources:\n- resources: [secrets]\n  providers:\n  - aescbc:\n      keys:\n      - name: a\n"
                + "        secret: \"" + KEY + "\n";
        for (String file : List.of(open, entries("secrets", keys("aescbc", "\"" + KEY)),
                entries("secrets", "{aescbc: {keys: {" + many + "}}}"),
                entries("secrets", "{secretbox: {keys: [{name: first, secret:" + KEY + "}]}}"),
                entries("secrets", "{secretbox: {keys: [{name: first, " + KEY + "}]}}"))) {
            assertThatThrownBy(() -> ciphers(file)).isInstanceOf(IllegalArgumentException.class)
                    .satisfies(e -> assertThat(stackTrace(e)).doesNotContain(KEY));
        }
    }

    @Test
    void aKeyMayHaveLineBreaks() {
        assertThat(parsed(entries("secrets", keys("secretbox", KEY + "\\n"))).getFirst().providers())
                .isEqualTo(parsed(entries("secrets", keys("secretbox", KEY))).getFirst().providers());
    }

    @Test
    void anEntryThatCouldNeverCountIsRefused() {
        refused(entries("'*.'", PLAIN, "secrets", PLAIN), "resource \"secrets\" is masked by earlier rule \"*.\"");
        refused(entries("'*.apps'", PLAIN, "deployments.apps", PLAIN),
                "resource \"deployments.apps\" is masked by earlier rule \"*.apps\"");
        refused(entries("'*.*'", PLAIN, "'*.apps'", PLAIN), "resource \"*.apps\" is masked by earlier rule \"*.*\"");
    }

    @Test
    void theNearestEntryCounts() {
        ResourceCiphers ciphers = ciphers(entries("events", PLAIN, "secrets", keys("aescbc", KEY), "'*.apps'",
                keys("aesgcm", KEY), "'*.'", keys("secretbox", KEY)));
        assertThat(provider(ciphers, "", "events")).isEqualTo("plain");
        assertThat(provider(ciphers, "", "secrets")).isEqualTo("aescbc");
        assertThat(provider(ciphers, "", "pods")).isEqualTo("secretbox");
        assertThat(provider(ciphers, "apps", "deployments")).isEqualTo("aesgcm");
        assertThat(ciphers.of(new GroupResource("batch", "jobs"))).isEmpty();
        assertThat(provider(ciphers(entries("'*.*'", keys("aesgcm", KEY))), "example.com", "pandas"))
                .isEqualTo("aesgcm");
    }

    @Test
    void aResourceOfSeveralEntriesHasAllTheirProviders() {
        ResourceCiphers before = ciphers(entries("secrets", keys("aescbc", KEY)));
        ResourceCiphers both = ciphers(entries("secrets", keys("secretbox", KEY), "secrets", keys("aescbc", KEY)));
        GroupResource secrets = new GroupResource("", "secrets");
        byte[] row = before.of(secrets).orElseThrow().seal("/k", new byte[] {'{'});
        assertThat(both.of(secrets).orElseThrow().open("/k", row)).containsExactly('{');
        assertThat(provider(both, "", "secrets")).isEqualTo("secretbox");
    }

    private static String provider(ResourceCiphers ciphers, String group, String resource) {
        String row = new String(ciphers.of(new GroupResource(group, resource)).orElseThrow().seal("/k", new byte[1]),
                UTF_8);
        return row.startsWith("k8s:enc:") ? row.split(":")[2] : "plain";
    }
}
