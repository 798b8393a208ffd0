package io.k3j.aggregator;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.clientapi.ApiFault;
import io.k3j.clientapi.WriteOptions;
import io.k3j.model.Gvr;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import io.k3j.pki.CertificateAuthority;
import io.k3j.pki.Keys;
import io.k3j.pki.Pem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExtensionAuthenticationTest {
    private static final Gvr CONFIG_MAPS = Gvr.of("v1", "configmaps");

    @Test
    void otherServersLearnWhoMayNameUsers(@TempDir Path tls) throws Exception {
        try (Stage stage = new Stage(tls)) {
            assertThat(stage.parts.authentication.step()).isTrue();
            Obj made = stage.api.get(CONFIG_MAPS, ExtensionAuthentication.KEY);
            Struct data = made.tree().struct("data");
            assertThat(data.text("client-ca-file")).isEqualTo(Files.readString(tls.resolve("client-ca.crt")));
            assertThat(data.text("requestheader-client-ca-file"))
                    .isEqualTo(Files.readString(tls.resolve("request-header-ca.crt")));
            assertThat(data.text("requestheader-allowed-names")).isEqualTo("[\"system:auth-proxy\"]");
            assertThat(data.text("requestheader-username-headers")).isEqualTo("[\"X-Remote-User\"]");
            assertThat(data.text("requestheader-uid-headers")).isEqualTo("[\"X-Remote-Uid\"]");
            assertThat(data.text("requestheader-group-headers")).isEqualTo("[\"X-Remote-Group\"]");
            assertThat(data.text("requestheader-extra-headers-prefix")).isEqualTo("[\"X-Remote-Extra-\"]");
            stage.api.update(CONFIG_MAPS, made.with(Struct.of("client-ca-file", "old", "mine", "x"), "data"),
                    WriteOptions.PLAIN);
            stage.clock.advance(Duration.ofMinutes(2));
            assertThat(stage.parts.authentication.step()).isTrue();
            Struct again = stage.api.get(CONFIG_MAPS, ExtensionAuthentication.KEY).tree().struct("data");
            assertThat(again.text("client-ca-file")).isEqualTo(data.text("client-ca-file"));
            assertThat(again.text("mine")).isEqualTo("x");
            assertThat(again.names()).hasSize(8);
        }
    }

    @Test
    void authoritiesThatAFirstStartStillMakesAreNoFailure(@TempDir Path tls) throws Exception {
        try (Stage stage = new Stage(tls)) {
            Path authority = tls.resolve("request-header-ca.crt");
            String made = Files.readString(authority);
            Files.delete(authority);
            assertThat(stage.parts.authentication.step()).isTrue();
            assertThat(stage.parts.authentication.trouble()).isEmpty();
            assertThat(stage.api.find(CONFIG_MAPS, ExtensionAuthentication.KEY)).isEmpty();
            stage.clock.advance(Duration.ofSeconds(1));
            assertThat(stage.parts.authentication.step()).as("is told when they are there").isFalse();
            Files.writeString(authority, made);
            stage.parts.authoritiesMade();
            assertThat(stage.parts.authentication.step()).isTrue();
            assertThat(stage.api.find(CONFIG_MAPS, ExtensionAuthentication.KEY)).isPresent();
            Files.delete(authority);
            stage.clock.advance(Duration.ofMinutes(2));
            assertThat(stage.parts.authentication.step()).isTrue();
            assertThat(stage.parts.authentication.trouble()).contains("request-header-ca.crt is missing");
        }
    }

    @Test
    void authoritiesThatAreNotMadeInTimeAreAFailure(@TempDir Path tls) throws Exception {
        try (Stage stage = new Stage(tls)) {
            Files.delete(tls.resolve("request-header-ca.crt"));
            assertThat(stage.parts.authentication.step()).isTrue();
            stage.clock.advance(Duration.ofSeconds(61));
            assertThat(stage.parts.authentication.step()).isTrue();
            assertThat(stage.parts.authentication.trouble()).contains("request-header-ca.crt is missing");
        }
    }

    @Test
    void theNamespaceIsMadeWhereANewClusterHasNoneYet(@TempDir Path tls) throws Exception {
        try (Stage stage = new Stage(tls)) {
            stage.api.refuse("create", CONFIG_MAPS, ApiFault.notFound(Gvr.of("v1", "namespaces"), "kube-system"));
            assertThat(stage.parts.authentication.step()).isTrue();
            assertThat(stage.parts.authentication.trouble()).isEmpty();
            assertThat(stage.api.find(Gvr.of("v1", "namespaces"), Key.of("kube-system"))).isPresent();
            assertThat(stage.api.find(CONFIG_MAPS, ExtensionAuthentication.KEY)).isPresent();
        }
    }

    private static CertificateAuthority authority(String name, Instant born) {
        return CertificateAuthority.selfSigned(name, Keys.elliptic(), born, new SecureRandom());
    }

    /// Authorities are changed on one server after the other.
    @Test
    void whatOtherServersSayStaysUntilItExpires(@TempDir Path tls) throws Exception {
        try (Stage stage = new Stage(tls)) {
            X509Certificate other = authority("other", stage.clock.instant()).certificate();
            X509Certificate expired = authority("expired", stage.clock.instant().minus(Duration.ofDays(36_500)))
                    .certificate();
            X509Certificate own = Pem.certificates(Files.readString(tls.resolve("client-ca.crt"))).getFirst();
            stage.api.create(CONFIG_MAPS, Obj.of(Struct.of("apiVersion", "v1", "kind", "ConfigMap", "metadata",
                    Struct.of("name", ExtensionAuthentication.KEY.name(), "namespace", "kube-system"), "data",
                    Struct.of("client-ca-file", Pem.encode(List.of(other, expired, other)),
                            "requestheader-client-ca-file", "-----BEGIN CERTIFICATE-----\nx",
                            "requestheader-allowed-names", "[\"front\"]", "requestheader-group-headers", "{"))),
                    WriteOptions.PLAIN);
            assertThat(stage.parts.authentication.step()).isTrue();
            Obj made = stage.api.get(CONFIG_MAPS, ExtensionAuthentication.KEY);
            Struct data = made.tree().struct("data");
            assertThat(Pem.certificates(data.text("client-ca-file"))).containsExactly(other, own);
            assertThat(data.text("requestheader-client-ca-file"))
                    .isEqualTo(Files.readString(tls.resolve("request-header-ca.crt")));
            assertThat(data.text("requestheader-allowed-names")).isEqualTo("[\"front\",\"system:auth-proxy\"]");
            assertThat(data.text("requestheader-group-headers")).isEqualTo("[\"X-Remote-Group\"]");
            stage.clock.advance(Duration.ofMinutes(2));
            assertThat(stage.parts.authentication.step()).isTrue();
            assertThat(stage.api.get(CONFIG_MAPS, ExtensionAuthentication.KEY).revision())
                    .as("nothing new, nothing written").isEqualTo(made.revision());
        }
    }
}
