package io.k3j.corevalidation;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.validation.Problems;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class VolumeProblemsTest {
    private static final String MODE = "must be a number between 0 and 0777 (octal), both inclusive";
    private static final String DOTS = "must not contain '..'";
    private static final String RESERVED = "must not start with '..'";

    private static List<String> found(Struct... volumes) {
        return Case.found(p -> new VolumeProblems(false, "").check(Seq.of((Object[]) volumes), p));
    }

    static Stream<Case> simple() {
        return Stream.of(Case.of("emptyDir", Struct.EMPTY), Case.of("emptyDir", Struct.of("sizeLimit", "1Gi")),
                Case.of("emptyDir", Struct.of("sizeLimit", "-1"),
                        ".emptyDir.sizeLimit: Forbidden: SizeLimit field must be a valid resource quantity"),
                Case.of("hostPath", Struct.of("path", "/var", "type", "")),
                Case.of("hostPath", Struct.of("type", "File"), ".hostPath.path: Required value"),
                Case.of("hostPath", Struct.of("path", "/a/../b"),
                        ".hostPath.path: Invalid value: \"/a/../b\": " + DOTS),
                Case.of("hostPath", Struct.of("path", "/a", "type", "Pipe"),
                        ".hostPath.type: Unsupported value: \"Pipe\": supported values: \"\", \"BlockDevice\","
                                + " \"CharDevice\", \"Directory\", \"DirectoryOrCreate\", \"File\", \"FileOrCreate\","
                                + " \"Socket\""),
                Case.of("csi", Struct.of("driver", "csi.example.com")),
                Case.of("csi", Struct.EMPTY, ".csi.driver: Required value"),
                Case.of("csi", Struct.of("driver", "a".repeat(64)),
                        ".csi.driver: Too long: may not be more than 63 bytes"),
                Case.of("csi", Struct.of("driver", "Csi.Example", "nodePublishSecretRef", Struct.EMPTY),
                        ".csi.nodePublishSecretRef.name: Required value"),
                Case.of("nfs", Struct.of("server", "nas", "path", "/a/../b")),
                Case.of("nfs", Struct.of("server", "nas", "path", "a"),
                        ".nfs.path: Invalid value: \"a\": must be an absolute path"),
                Case.of("persistentVolumeClaim", Struct.of("claimName", "c")),
                Case.of("persistentVolumeClaim", Struct.EMPTY, ".persistentVolumeClaim.claimName: Required value"));
    }

    static Stream<Case> items() {
        return Stream.of("configMap", "secret").flatMap(source -> {
            String named = source.equals("secret") ? "secretName" : "name";
            Struct valid = Struct.of(named, "n", "defaultMode", 0640);
            String at = "." + source + ".";
            return Stream.of(Case.of(source, valid), Case.of(source, Struct.EMPTY, at + named + ": Required value"),
                    Case.of(source, valid.with("defaultMode", 01000),
                            at + "defaultMode: Invalid value: 512: " + MODE),
                    Case.of(source, valid.with("defaultMode", -1), at + "defaultMode: Invalid value: -1: " + MODE),
                    item(source, valid, Struct.of("key", "k", "path", "a/b", "mode", 0777)),
                    item(source, valid, Struct.of("path", "a"), at + "items[0].key: Required value"),
                    item(source, valid, Struct.of("key", "k"), at + "items[0].path: Required value"),
                    item(source, valid, Struct.of("key", "k", "path", "/a"),
                            at + "items[0].path: Invalid value: \"/a\": must be a relative path"),
                    item(source, valid, Struct.of("key", "k", "path", "a/../b"),
                            at + "items[0].path: Invalid value: \"a/../b\": " + DOTS),
                    item(source, valid, Struct.of("key", "k", "path", "a..b/..c")),
                    item(source, valid, Struct.of("key", "k", "path", "..data"),
                            at + "items[0].path: Invalid value: \"..data\": " + RESERVED),
                    item(source, valid, Struct.of("key", "k", "path", "../a"),
                            at + "items[0].path: Invalid value: \"../a\": " + DOTS),
                    item(source, valid, Struct.of("key", "k", "path", "a", "mode", 01777),
                            at + "items[0].mode: Invalid value: 1023: " + MODE));
        });
    }

    private static Case item(String source, Struct valid, Struct item, String... expected) {
        return Case.of(source, valid.with("items", Seq.of(item)), expected);
    }

    static Stream<Case> projected() {
        Struct token = Struct.of("path", "token");
        return Stream.of(part(Struct.of("serviceAccountToken", token)),
                part(Struct.of("serviceAccountToken", token.with("expirationSeconds", 600))),
                part(Struct.of("serviceAccountToken", token.with("expirationSeconds", 599)),
                        ".projected.sources[0].serviceAccountToken.expirationSeconds: Invalid value: 599: may not"
                                + " specify a duration less than 10 minutes"),
                part(Struct.of("serviceAccountToken", Struct.EMPTY),
                        ".projected.path: Required value"),
                part(Struct.of("serviceAccountToken", token.with("expirationSeconds", 4_294_967_297L)),
                        ".projected.sources[0].serviceAccountToken.expirationSeconds: Invalid value: 4294967297: may"
                                + " not specify a duration larger than 2^32 seconds"),
                part(Struct.of("serviceAccountToken", token.with("path", "/token")),
                        ".projected.path: Invalid value: \"/token\": must be a relative path"),
                part(Struct.of("serviceAccountToken", token.with("path", "a/../../token")),
                        ".projected.path: Invalid value: \"a/../../token\": " + DOTS),
                part(Struct.of("serviceAccountToken", token.with("path", "..data/token")),
                        ".projected.path: Invalid value: \"..data/token\": " + RESERVED),
                part(Struct.of("configMap", Struct.of("name", "n"), "secret", Struct.of("name", "n")),
                        ".projected.sources[0]: Forbidden: may not specify more than 1 volume type per source"),
                part(Struct.of("secret", Struct.EMPTY), ".projected.sources[0].secret.name: Required value"),
                part(Struct.of("configMap", Struct.of("name", "n", "items", Seq.of(Struct.of("path", "p")))),
                        ".projected.sources[0].configMap.items[0].key: Required value"),
                Case.of("projected", Struct.of("defaultMode", 01000),
                        ".projected.defaultMode: Invalid value: 512: " + MODE));
    }

    private static Case bundle(Struct source, String... expected) {
        return part(Struct.of("clusterTrustBundle", source), Stream.of(expected)
                .map(e -> ".projected.sources[0].clusterTrustBundle" + e).toArray(String[]::new));
    }

    static Stream<Case> trustBundles() {
        Struct named = Struct.of("name", "n", "path", "ca.pem");
        Struct signed = Struct.of("signerName", "example.com/a", "path", "ca.pem");
        String domain = ".signerName: Invalid value: \"a\": must be a fully qualified domain and path of the form"
                + " 'example.com/signer-name'";
        return Stream.of(bundle(named), bundle(signed), bundle(named.with("name", "example.com:a:v1")),
                bundle(signed.with("labelSelector", Struct.EMPTY).with("optional", true)),
                bundle(named.with("signerName", "example.com/a"), ": Invalid value: {\"Name\":\"n\",\"SignerName\":"
                        + "\"example.com/a\",\"LabelSelector\":null,\"Optional\":null,\"Path\":\"ca.pem\"}: only one of"
                        + " name and signerName may be used"),
                bundle(Struct.of("path", "p"), ": Required value: either name or signerName must be specified"),
                bundle(named.with("labelSelector", Struct.EMPTY),
                        ".labelSelector: Invalid value: {}: labelSelector must be unset if name is specified"),
                bundle(signed.with("signerName", "a"), domain),
                bundle(signed.with("signerName", "a/b"), ".signerName: Invalid value: \"a\": should be a domain with at"
                        + " least two segments separated by dots"),
                bundle(signed.with("signerName", ""), ".signerName: Required value: must be a valid signer name",
                        ".signerName: Required value"),
                bundle(signed.with("path", ""), ".path: Required value"),
                bundle(named.with("path", "../a"), ".path: Invalid value: \"../a\": " + DOTS),
                Case.of("projected", Struct.of("sources", Seq.of(Struct.of("clusterTrustBundle", named),
                        Struct.of("configMap", Struct.of("name", "m", "items",
                                Seq.of(Struct.of("key", "k", "path", "ca.pem")))),
                        Struct.of("clusterTrustBundle", signed))),
                        ".projected: Invalid value: \"m\": conflicting duplicate paths",
                        ".projected: Invalid value: \"ca.pem\": conflicting duplicate paths"));
    }

    private static Case certificate(Struct source, String... expected) {
        return part(Struct.of("podCertificate", source), Stream.of(expected)
                .map(e -> ".projected.sources[0].podCertificate" + e).toArray(String[]::new));
    }

    static Stream<Case> certificates() {
        Struct sound = Struct.of("signerName", "example.com/a", "keyType", "ED25519", "keyPath", "k",
                "certificateChainPath", "c");
        return Stream.of(certificate(sound), certificate(sound.with("maxExpirationSeconds", 86_400L)
                .with("userAnnotations", Struct.of("example.com/Name", "x"))),
                certificate(sound.with("keyType", "RSA2048"), ".keyType: Unsupported value: \"RSA2048\": supported"
                        + " values: \"RSA3072\", \"RSA4096\", \"ECDSAP256\", \"ECDSAP384\", \"ECDSAP521\","
                        + " \"ED25519\""),
                certificate(sound.with("signerName", ""), ".signerName: Required value"),
                certificate(sound.with("maxExpirationSeconds", 3_599L), ".maxExpirationSeconds: Invalid value: 3599:"
                        + " if provided, maxExpirationSeconds must be >= 3600"),
                certificate(sound.with("maxExpirationSeconds", 7_862_401L), ".maxExpirationSeconds: Invalid value:"
                        + " 7862401: if provided, maxExpirationSeconds must be <= 7862400"),
                certificate(sound.without("keyPath").without("certificateChainPath"), ": Required value: specify at"
                        + " least one of credentialBundlePath, keyPath, and certificateChainPath"),
                certificate(sound.with("keyPath", "../k"), ".keyPath: Invalid value: \"../k\": " + DOTS),
                certificate(sound.with("userAnnotations", Struct.of("name", "x")), ".userAnnotations: Invalid value:"
                        + " \"name\": must be a domain-prefixed key (such as \"acme.io/foo\")"),
                part(Struct.of("podCertificate", sound.with("keyPath", "c")),
                        ".projected: Invalid value: \"c\": conflicting duplicate paths"));
    }

    @Test
    void theNameOfABundleIsThatOfItsSignerAndASubdomain() {
        Struct source = Struct.of("clusterTrustBundle", Struct.of("name", "example.com:a:V", "path", "p"));
        assertThat(found(Struct.of("name", "v", "projected", Struct.of("sources", Seq.of(source)))))
                .singleElement().asString().startsWith("volumes[0].projected.sources[0].clusterTrustBundle.name:"
                        + " Invalid value: \"example.com:a:V\": not a valid clustertrustbundlename: a lowercase RFC"
                        + " 1123 subdomain must consist of");
    }

    private static Case part(Struct source, String... expected) {
        return Case.of("projected", Struct.of("sources", Seq.of(source)), expected);
    }

    @ParameterizedTest
    @MethodSource({"simple", "items", "projected", "trustBundles", "certificates"})
    void eachSourceIsRefusedInUpstreamsWords(Case c) {
        assertThat(found(Struct.of("name", "v", c.field(), c.value())))
                .containsExactlyElementsOf(c.expected().stream().map(e -> "volumes[0]" + e).toList());
    }

    @Test
    void aVolumeHasANameOfItsOwnAndOneSource() {
        Struct empty = Struct.of("name", "v", "emptyDir", Struct.EMPTY);
        assertThat(found(empty, empty)).containsExactly("volumes[1].name: Duplicate value: \"v\"");
        assertThat(found(empty.without("name"))).containsExactly("volumes[0].name: Required value");
        assertThat(found(empty.with("name", "V"))).singleElement().asString()
                .startsWith("volumes[0].name: Invalid value: \"V\": a lowercase RFC 1123 label must consist");
        assertThat(found(empty.without("emptyDir")))
                .containsExactly("volumes[0]: Required value: must specify a volume type");
        assertThat(found(empty.with("hostPath", Struct.of("path", "/a")))).containsExactly(
                "volumes[0].hostPath: Forbidden: may not specify more than 1 volume type");
    }

    @Test
    void theNamesOfSoundVolumesAreGiven() {
        Seq volumes = Seq.of(Struct.of("name", "a", "emptyDir", Struct.EMPTY), Struct.of("name", "b"), Struct.EMPTY);
        assertThat(new VolumeProblems(false, "").check(volumes, Problems.none())).containsExactly("a");
    }

    @Test
    void theFirstSourceInUpstreamsOrderCounts() {
        Struct volume = Struct.of("name", "v", "downwardAPI", Struct.EMPTY, "csi", Struct.EMPTY, "emptyDir",
                Struct.EMPTY, "cephfs", Struct.EMPTY);
        String why = ": Forbidden: may not specify more than 1 volume type";
        assertThat(found(volume)).containsExactly("volumes[0].cephFS" + why, "volumes[0].downwarAPI" + why,
                "volumes[0].csi" + why);
    }

    @Test
    void anImageIsNamedInAPodAtTheLatest() {
        Struct image = Struct.of("name", "v", "image", Struct.of("pullPolicy", "Never"));
        assertThat(found(image)).isEmpty();
        assertThat(Case.found(p -> new VolumeProblems(true, "").check(Seq.of(image), p)))
                .containsExactly("volumes[0].image.reference: Required value");
        assertThat(found(image.with("image", Struct.of("pullPolicy", "Once")))).containsExactly(
                "volumes[0].image.pullPolicy: Unsupported value: \"Once\": supported values: \"Always\","
                        + " \"IfNotPresent\", \"Never\"");
    }

    @Test
    void aClaimThatIsMadeForAPodHasANameAndIsNoOther() {
        Struct spec = Struct.of("accessModes", Seq.of("ReadWriteOnce"), "resources",
                Struct.of("requests", Struct.of("storage", "1Gi")));
        Struct made = Struct.of("name", "data", "ephemeral",
                Struct.of("volumeClaimTemplate", Struct.of("spec", spec)));
        Struct taken = Struct.of("name", "v", "persistentVolumeClaim", Struct.of("claimName", "web-data"));
        assertThat(found(made, taken)).isEmpty();
        assertThat(Case.found(p -> new VolumeProblems(true, "web").check(Seq.of(made, taken), p))).containsExactly(
                "volumes[1].persistentVolumeClaim.claimName: Invalid value: \"web-data\": must not reference a PVC"
                        + " that gets created for an ephemeral volume");
        assertThat(Case.found(p -> new VolumeProblems(true, "a".repeat(250)).check(Seq.of(made), p)))
                .containsExactly("volumes[0].name: Invalid value: \"data\": PVC name \"" + "a".repeat(250)
                        + "-data\": must be no more than 253 characters");
        assertThat(found(Struct.of("name", "v", "ephemeral", Struct.EMPTY)))
                .containsExactly("volumes[0].ephemeral.volumeClaimTemplate: Required value");
    }
}
