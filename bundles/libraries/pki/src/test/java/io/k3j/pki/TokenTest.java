package io.k3j.pki;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.security.MessageDigest;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// Tokens, password files and hashes are K3s' own.
class TokenTest {
    private static final String HASH = "a".repeat(64);
    private final SecureRandom random = new SecureRandom();

    @Test
    void readsAllForms() {
        assertThat(ClusterToken.parse("K10" + HASH + "::server:s3cret"))
                .isEqualTo(new ClusterToken(Optional.of(HASH), "server", "s3cret"));
        assertThat(ClusterToken.parse("K10" + HASH + "::node:a:b").password()).isEqualTo("a:b");
        assertThat(ClusterToken.parse("K10" + HASH + "::abcdef.0123456789abcdef").bootstrap()).isTrue();
        assertThat(ClusterToken.parse("abcdef.0123456789abcdef").bootstrap()).isTrue();
        assertThat(ClusterToken.parse("s3cret")).isEqualTo(new ClusterToken(Optional.empty(), "", "s3cret"));
        assertThat(ClusterToken.parse("K10:::s3cret").password()).isEqualTo("s3cret");
        assertThat(ClusterToken.parse("K10server:s3cret"))
                .isEqualTo(new ClusterToken(Optional.empty(), "server", "s3cret"));
        assertThat(ClusterToken.parse("K10abcdef.0123456789abcdef").bootstrap()).isTrue();
    }

    @Test
    void writesTheFullForm() {
        assertThat(new ClusterToken(Optional.of(HASH), "server", "pw").text()).isEqualTo("K10" + HASH + "::server:pw");
        assertThat(new ClusterToken(Optional.of(HASH), "server", "pw").toString()).doesNotContain("pw");
    }

    @Test
    void refusesInK3sWords() {
        assertThatThrownBy(() -> ClusterToken.parse("")).hasMessage("token must not be empty");
        assertThatThrownBy(() -> ClusterToken.parse("K10abc::server:x")).hasMessage("invalid token CA hash length");
        assertThatThrownBy(() -> ClusterToken.parse("K10" + HASH + "::server")).hasMessage("invalid token format");
        assertThatThrownBy(() -> ClusterToken.parse("K10" + HASH)).hasMessage("invalid token format");
    }

    @Test
    void hashesTheBytesOfOneCertificateAndTheRootOfAChain() throws Exception {
        CertificateAuthority root = CertificateAuthority.selfSigned("root", Keys.elliptic(), Instant.now(), random);
        String single = Pem.encode(root.chain());
        assertThat(ClusterToken.caHash(single)).isEqualTo(sha256(single.getBytes(UTF_8)));
        assertThat(ClusterToken.caHash(single + "\n")).isNotEqualTo(ClusterToken.caHash(single));
        X509Certificate below = root.sign(Profile.client("intermediate"), Keys.elliptic().getPublic(), Instant.now(),
                random);
        String bundle = Pem.encode(List.of(below, root.certificate()));
        assertThat(ClusterToken.caHash(bundle)).isEqualTo(sha256(root.certificate().getEncoded()));
        CertificateAuthority other = CertificateAuthority.selfSigned("other", Keys.elliptic(), Instant.now(), random);
        assertThatThrownBy(() -> ClusterToken.caHash(Pem.encode(List.of(below, other.certificate()))))
                .hasMessageContaining("CA cert validation failed");
    }

    @Test
    void keepsPasswordFiles() {
        String text = "pw1,node,node,k3s:agent\n\"p,w\"\"2\",server,server,k3s:server\n";
        PasswordFile file = PasswordFile.parse(text);
        assertThat(file.text()).isEqualTo(text);
        assertThat(file.authenticate("server", "p,w\"2")).map(PasswordFile.Row::groups).contains(List.of("k3s:server"));
        assertThat(file.authenticate("server", "pw1")).isEmpty();
        assertThat(file.authenticate("nobody", "")).isEmpty();
        assertThatThrownBy(() -> PasswordFile.parse("a,b")).hasMessageContaining("at least 3 columns");
    }

    /// As Go's `encoding/csv`, which K3s uses, writes them and reads them.
    @Test
    void keepsPasswordsWithLineBreaks() {
        String text = "\"one\ntwo\n\",node,node,k3s:agent\n\" b\",server,server,k3s:server\n";
        PasswordFile file = PasswordFile.parse(text);
        assertThat(file.authenticate("node", "one\ntwo\n")).isPresent();
        assertThat(file.authenticate("server", " b")).isPresent();
        assertThat(file.text()).isEqualTo(text);
        PasswordFile odd = new PasswordFile();
        for (String password : List.of("a\rb", "c\r", "\n", "\\.", "\t", "\"", ",\n\",")) {
            odd.put(new PasswordFile.Row(password, password, List.of("k3s:agent")));
            assertThat(PasswordFile.parse(odd.text()).authenticate(password, password)).as(odd.text()).isPresent();
        }
        assertThat(PasswordFile.parse("\r\n\"a\r\nb\",x,x\r\n\n c ,y,y,g\r").text())
                .isEqualTo("\"a\nb\",x,x,\n\" c \",y,y,g\n");
        for (String malformed : List.of("a\"b,x,x\n", "\"a\"b,x,x\n", "\"a,x,x\n", "\"")) {
            assertThatThrownBy(() -> PasswordFile.parse(malformed)).as(malformed)
                    .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("quotation mark");
        }
    }

    /// K3s parses `--token` and only looks for its own prefix in `--agent-token`.
    @Test
    void anAgentTokenIsAPasswordAsItIs() {
        for (String raw : List.of("secret", "K10secret", "K10" + HASH + "::server:pw", "x::node:pw", "a\n")) {
            assertThat(ClusterToken.agentPassword(raw)).isEqualTo(raw);
        }
        assertThat(ClusterToken.agentPassword("K10" + HASH + "::node:pw")).isEqualTo("pw");
        assertThatThrownBy(() -> ClusterToken.agentPassword("K10::node:")).hasMessage("token must not be empty");
    }

    /// The third vector of RFC 7914, section 12, in the form hashes are kept in.
    @Test
    void readsHashesAsRfc7914DerivesThem() {
        byte[] derived = HexFormat.of().parseHex("fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b373162"
                + "2eaf30d92e22a3886ff109279d9830dac727afb94a83ee6d8360cbdfa2cc0640");
        String hash = "$1:NaCl:10:8:16:" + Base64.getEncoder().withoutPadding().encodeToString(derived);
        assertThat(NodePassword.matches("password", hash)).isTrue();
        assertThat(NodePassword.matches("passwore", hash)).isFalse();
    }

    @Test
    void hashesNodePasswords() {
        String password = NodePassword.random(random);
        assertThat(password).hasSize(32);
        String hash = NodePassword.hash(password, random);
        assertThat(hash).startsWith("$1:").contains(":15:8:1:").doesNotContain("=");
        assertThat(NodePassword.matches(password, hash)).isTrue();
        assertThat(NodePassword.matches("another", hash)).isFalse();
        assertThatThrownBy(() -> NodePassword.matches("x", "$2:00:31:8:1:AA")).hasMessage("unknown hash format");
        assertThatThrownBy(() -> NodePassword.matches("x", "$1:00:31:8:1:AA")).hasMessageContaining("too costly");
        assertThatThrownBy(() -> NodePassword.matches("x", "$1:00:15:4096:1:AA")).hasMessageContaining("too costly");
    }

    @Test
    void sealsTheBootstrapRecordUnderItsToken() {
        assertThat(BootstrapSeal.key("token")).isEqualTo("/bootstrap/" + "3c469e9d6c58");
        byte[] plain = "{\"ServerCA\":{}}".getBytes(UTF_8);
        byte[] sealed = BootstrapSeal.seal("token", plain, random);
        assertThat(new String(sealed, UTF_8).indexOf(':')).isEqualTo(16);
        assertThat(BootstrapSeal.open("token", sealed)).isEqualTo(plain);
        assertThatThrownBy(() -> BootstrapSeal.open("other", sealed))
                .hasMessage("bootstrap data already found and encrypted with different token");
    }

    private static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }

    private static String sha256(byte[] bytes) throws Exception {
        return hex(MessageDigest.getInstance("SHA-256").digest(bytes));
    }
}
