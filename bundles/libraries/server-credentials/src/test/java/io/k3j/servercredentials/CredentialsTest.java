package io.k3j.servercredentials;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.pki.CertificateAuthority;
import io.k3j.pki.ClusterToken;
import io.k3j.pki.Keys;
import io.k3j.pki.PasswordFile;
import io.k3j.pki.PemFiles;
import io.k3j.pki.Profile;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The data directory looks as K3s leaves it, and stays so.
class CredentialsTest {
    private static final List<String> OPEN = List.of("client-admin", "client-auth-proxy", "client-controller",
            "client-k3s-cloud-controller", "client-k3s-controller", "client-kube-apiserver", "client-kube-proxy",
            "client-scheduler", "client-supervisor", "etcd/client", "etcd/peer-server-client", "etcd/server-client",
            "kube-controller-manager/kube-controller-manager", "kube-scheduler/kube-scheduler",
            "serving-kube-apiserver");
    private static final List<String> AUTHORITIES = List.of("client-ca", "server-ca", "request-header-ca",
            "etcd/server-ca", "etcd/peer-ca");
    private static final SecureRandom RANDOM = new SecureRandom();
    private final Instant now = Instant.now();

    @TempDir
    private Path directory;

    private Credentials ensure(Instant at, Object... settings) throws IOException {
        SupervisorSettings given = Given.settings(directory, settings);
        Credentials credentials = Credentials.ensure(given, new ServerLayout(directory), at, RANDOM);
        credentials.complete(at, RANDOM);
        Credentials.serviceKey(new ServerLayout(directory));
        return credentials;
    }

    private Map<String, String> tree() throws IOException {
        Map<String, String> tree = new TreeMap<>();
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                tree.put(directory.relativize(file).toString(), Files.readString(file));
            }
        }
        return tree;
    }

    private String mode(String file) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(directory.resolve(file)));
    }

    private X509Certificate certificate(String file) throws IOException {
        return PemFiles.certificates(directory.resolve(file)).getFirst();
    }

    @Test
    void makesEveryFileWithItsPermissions() throws Exception {
        ensure(now);
        for (String name : Stream.concat(OPEN.stream(), AUTHORITIES.stream()).toList()) {
            assertThat(mode("server/tls/" + name + ".crt")).as(name).isEqualTo("rw-r--r--");
            assertThat(mode("server/tls/" + name + ".key")).as(name).isEqualTo("rw-------");
        }
        for (String name : List.of("service.key", "service.current.key", "client-kubelet.key", "serving-kubelet.key")) {
            assertThat(mode("server/tls/" + name)).as(name).isEqualTo("rw-------");
        }
        for (String name : List.of("admin", "supervisor", "controller", "scheduler", "api-server",
                "cloud-controller")) {
            assertThat(mode("server/cred/" + name + ".kubeconfig")).as(name).isEqualTo("rw-------");
        }
        for (String name : List.of("kubelet", "kubeproxy", "k3scontroller")) {
            assertThat(mode("agent/" + name + ".kubeconfig")).as(name).isEqualTo("rw-------");
        }
        for (String name : List.of("server", "server/tls", "server/cred", "server/tls/etcd", "agent")) {
            assertThat(mode(name)).as(name).isEqualTo("rwx------");
        }
        assertThat(List.of(mode("server/token"), mode("server/cred/passwd"), mode("server/cred/ipsec.psk"),
                mode("k3s.yaml")))
                .containsOnly("rw-------");
        assertThat(Files.readSymbolicLink(directory.resolve("server/node-token")))
                .isEqualTo(directory.resolve("server/token"));
        assertThat(Files.readSymbolicLink(directory.resolve("server/agent-token")))
                .isEqualTo(directory.resolve("server/token"));
        assertThat(Files.readString(directory.resolve("server/tls/service.key")))
                .startsWith("-----BEGIN RSA PRIVATE KEY");
        assertThat(tree().keySet()).allMatch(name -> !name.endsWith(".new"));
    }

    @Test
    void certifiesWhoIsWho() throws Exception {
        ensure(now);
        assertThat(certificate("server/tls/client-admin.crt").getSubjectX500Principal().getName())
                .isEqualTo("CN=system:admin,O=system:masters");
        assertThat(certificate("agent/client-kubelet.crt").getSubjectX500Principal().getName())
                .isEqualTo("CN=system:node:node-1,O=system:nodes");
        assertThat(LeafCertificate.alternativeNames(certificate("agent/serving-kubelet.crt"))).contains("node-1",
                "192.0.2.7",
                "127.0.0.1", "localhost");
        assertThat(LeafCertificate.alternativeNames(certificate("server/tls/serving-kube-apiserver.crt"))).contains(
                "kubernetes",
                "kubernetes.default.svc.cluster.local", "10.43.0.1", "192.0.2.7", "node-1");
        assertThat(PemFiles.certificates(directory.resolve("server/tls/client-admin.crt"))).hasSize(2)
                .last().isEqualTo(certificate("server/tls/client-ca.crt"));
    }

    @Test
    void writesATokenThatFitsTheAuthority() throws Exception {
        ensure(now);
        ClusterToken token = ClusterToken.parse(Files.readString(directory.resolve("server/token")).strip());
        assertThat(token.user()).isEqualTo("server");
        assertThat(token.caHash())
                .contains(ClusterToken.caHash(Files.readString(directory.resolve("server/tls/server-ca.crt"))));
        PasswordFile passwords = PasswordFile.parse(Files.readString(directory.resolve("server/cred/passwd")));
        assertThat(passwords.authenticate("server", token.password())).isPresent();
        assertThat(passwords.authenticate("node", token.password())).isPresent();
    }

    @Test
    void takesTokensFromFlags() throws Exception {
        ensure(now, "token", "s3cret", "agentToken", "only-agents");
        PasswordFile passwords = PasswordFile.parse(Files.readString(directory.resolve("server/cred/passwd")));
        assertThat(passwords.authenticate("server", "s3cret")).isPresent();
        assertThat(passwords.authenticate("node", "only-agents")).isPresent();
        assertThat(Files.readString(directory.resolve("server/agent-token"))).endsWith("::node:only-agents\n");
    }

    @Test
    void takesTokensWithLineBreaksAndAnAgentTokenAsItIs() throws Exception {
        ensure(now, "token", "two\nlines\n", "agentToken", "K10agents");
        Map<String, String> before = tree();
        ensure(now.plusSeconds(60), "token", "two\nlines\n", "agentToken", "K10agents");
        assertThat(tree()).isEqualTo(before);
        PasswordFile passwords = PasswordFile.parse(Files.readString(directory.resolve("server/cred/passwd")));
        assertThat(passwords.authenticate("server", "two\nlines\n")).isPresent();
        assertThat(passwords.authenticate("node", "K10agents")).isPresent();
        assertThat(Files.readString(directory.resolve("server/agent-token"))).endsWith("::node:K10agents\n");
        assertThat(new JoinTokens(new ServerLayout(directory), Given.settings(directory)).knownPassword())
                .as("without its flag").contains("two\nlines\n");
    }

    @Test
    void keepsEverythingAtTheNextStart() throws Exception {
        ensure(now);
        Map<String, String> before = tree();
        ensure(now.plusSeconds(60));
        assertThat(tree()).isEqualTo(before);
    }

    @Test
    void renewsLeavesThatRunOutAndKeepsAuthorities() throws Exception {
        ensure(now);
        Map<String, String> before = tree();
        ensure(now.plus(Duration.ofDays(300)));
        for (String name : OPEN) {
            assertThat(tree().get("server/tls/" + name + ".crt")).as(name)
                    .isNotEqualTo(before.get("server/tls/" + name + ".crt"));
        }
        for (String name : AUTHORITIES) {
            assertThat(tree().get("server/tls/" + name + ".crt")).isEqualTo(before.get("server/tls/" + name + ".crt"));
        }
        assertThat(tree().get("server/tls/service.key")).isEqualTo(before.get("server/tls/service.key"));
    }

    @Test
    void certifiesNewNames() throws Exception {
        ensure(now);
        ensure(now, "tlsSan", new String[] {"api.example.com", "203.0.113.9"});
        assertThat(LeafCertificate.alternativeNames(certificate("server/tls/serving-kube-apiserver.crt"))).contains(
                "api.example.com",
                "203.0.113.9");
    }

    /// A kubelet is known by its node's name; earlier releases signed one that spells an address as an address only.
    @Test
    void aKubeletHasItsNodesNameAmongItsNamesAlsoWhenThatSpellsAnAddress() throws Exception {
        Object[] called = {"nodeName", "192.0.2.7"};
        Credentials credentials = ensure(now, called);
        String file = "agent/serving-kubelet.crt";
        List<?> name = List.of(2, "192.0.2.7");
        assertThat(List.<Object>copyOf(certificate(file).getSubjectAlternativeNames())).contains(name);
        Profile earlier = Profile.server("192.0.2.7", List.of("localhost"),
                Stream.of("192.0.2.7", "127.0.0.1", "::1").map(InetAddress::ofLiteral).toList());
        CertificateAuthority authority = credentials.authorities().get(Issuer.SERVER);
        PemFiles.write(directory.resolve(file), Stream.concat(
                Stream.of(authority.sign(earlier, certificate(file).getPublicKey(), now, RANDOM)),
                authority.chain().stream()).toList());
        ensure(now.plusSeconds(60), called);
        assertThat(List.<Object>copyOf(certificate(file).getSubjectAlternativeNames())).contains(name);
    }

    @Test
    void refusesToReplaceAnAuthorityWithoutItsKey() throws Exception {
        ensure(now);
        Files.delete(directory.resolve("server/tls/server-ca.key"));
        assertThatThrownBy(() -> ensure(now)).isInstanceOf(IOException.class)
                .hasMessageContaining("server-ca.crt is there but its key")
                .hasMessageContaining("restore the key from a backup");
    }

    /// Half of a pair may be written when a server is killed.
    @Test
    void usesNoAuthorityWithTheKeyOfAnother() throws Exception {
        ensure(now);
        KeyPair pair = Keys.elliptic();
        PemFiles.write(directory.resolve("server/tls/server-ca.crt"),
                CertificateAuthority.selfSigned("k3s-server", pair, now, RANDOM).chain());
        assertThatThrownBy(() -> ensure(now)).isInstanceOf(AuthorityMismatch.class)
                .hasMessageContaining("server-ca.crt and ").hasMessageContaining("server-ca.key do not belong together")
                .hasMessageContaining("restore both");
        PemFiles.write(directory.resolve("server/tls/server-ca.key"), pair);
        ensure(now);
        verifyLeaves();
    }

    @Test
    void makesALeafAgainThatWasSignedBeforeTheRightKeyCame() throws Exception {
        Credentials credentials = ensure(now);
        String file = "server/tls/client-admin.crt";
        CertificateAuthority torn = new CertificateAuthority(credentials.authorities().get(Issuer.CLIENT).chain(),
                Keys.elliptic().getPrivate());
        PemFiles.write(directory.resolve(file), Stream.concat(
                Stream.of(torn.sign(Profile.client("system:admin", "system:masters"), certificate(file).getPublicKey(),
                        now, RANDOM)),
                torn.chain().stream()).toList());
        Files.setLastModifiedTime(directory.resolve(file), FileTime.from(now.minusSeconds(60)));
        ensure(now.plusSeconds(60));
        verifyLeaves();
    }

    private void verifyLeaves() throws Exception {
        for (String name : OPEN) {
            List<X509Certificate> chain = PemFiles.certificates(directory.resolve("server/tls/" + name + ".crt"));
            assertThatCode(() -> chain.getFirst().verify(chain.get(1).getPublicKey())).as(name)
                    .doesNotThrowAnyException();
        }
    }

    @Test
    void namesADamagedFile() throws Exception {
        ensure(now);
        Files.writeString(directory.resolve("server/tls/client-ca.key"),
                "-----BEGIN EC PRIVATE KEY-----\nAAAA\n-----END EC PRIVATE KEY-----\n");
        assertThatThrownBy(() -> ensure(now)).isInstanceOf(IOException.class)
                .hasMessageContaining("client-ca.key is damaged");
    }

    @Test
    void writesAnAdministratorsKubeconfig() throws Exception {
        ensure(now, "writeKubeconfigMode", "0640", "writeKubeconfigName", "lab", "httpsListenPort", 16443);
        assertThat(mode("k3s.yaml")).isEqualTo("rw-r-----");
        assertThat(Files.readString(directory.resolve("k3s.yaml"))).contains("server: https://127.0.0.1:16443",
                "current-context: lab", "client-certificate-data: ");
        assertThatThrownBy(() -> ensure(now, "writeKubeconfigMode", "rw"))
                .hasMessageContaining("--write-kubeconfig-mode rw");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|',
            value = {"192.0.2.10|https://192.0.2.10:6443", "2001:db8::10|https://[2001:db8:0:0:0:0:0:10]:6443",
                    "0.0.0.0|https://127.0.0.1:6443", "::|https://127.0.0.1:6443"})
    void theAdministratorsKubeconfigLeadsToTheAddressThatIsListenedOn(String bound, String server) throws Exception {
        ensure(now, "bindAddress", bound);
        assertThat(Files.readString(directory.resolve("k3s.yaml"))).contains("server: " + server + "\n");
        assertThat(Files.readString(directory.resolve("server/cred/admin.kubeconfig")))
                .contains("server: https://127.0.0.1:6443\n");
    }

    @Test
    void withoutAnApiServerTheKubeconfigLeadsToTheNodesLoadBalancer() throws Exception {
        ensure(now, "disableApiserver", true, "lbServerPort", 7444, "bindAddress", "192.0.2.10");
        assertThat(Files.readString(directory.resolve("k3s.yaml"))).contains("server: https://127.0.0.1:7444\n");
    }

    @Test
    void makesNoNodeWhenThereIsNone() throws Exception {
        ensure(now, "disableAgent", true);
        assertThat(directory.resolve("agent")).doesNotExist();
    }

    @Test
    void isFast() throws Exception {
        ensure(now);
        long best = Long.MAX_VALUE;
        for (int i = 0; i < 5; i++) {
            Path fresh = directory.resolve("fresh-" + i);
            long start = System.nanoTime();
            Credentials.ensure(Given.settings(fresh), new ServerLayout(fresh), now, RANDOM);
            best = Math.min(best, System.nanoTime() - start);
        }
        System.out.println("fresh credentials, warm: " + best / 1_000_000 + " ms");
        assertThat(best).isLessThan(Boolean.getBoolean("k3j.full") ? 2_000_000_000L : 30_000_000_000L);
    }
}
