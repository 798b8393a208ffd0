package io.k3j.controllerscluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.controllerkit.BuiltinResources;
import io.k3j.controllerkit.Times;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import io.k3j.stage.Stage;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;

class TokenCleanerTest {
    private final Stage stage = new Stage(TokenCleaner::add);

    private void token(String name, String namespace, String type, String expiration) {
        Struct data = expiration.isEmpty() ? Struct.EMPTY : Struct.of("expiration",
                Base64.getEncoder().encodeToString(expiration.getBytes(StandardCharsets.UTF_8)));
        stage.api.seed(BuiltinResources.SECRETS, Obj.of(Struct.of("apiVersion", "v1", "kind", "Secret", "metadata",
                Struct.of("name", name, "namespace", namespace), "type", type, "data", data)));
    }

    private List<String> left() {
        return stage.all(BuiltinResources.SECRETS).stream().map(Obj::name).sorted().toList();
    }

    @Test
    void aTokenGoesWhenItsTimeIsOver() {
        String type = "bootstrap.kubernetes.io/token";
        token("soon", "kube-system", type, Times.seconds(stage.clock.instant().plusSeconds(5400)));
        token("never", "kube-system", type, "");
        token("wrong", "kube-system", type, "tomorrow");
        token("other", "default", type, "tomorrow");
        token("plain", "kube-system", "Opaque", "tomorrow");
        stage.settle();
        assertThat(left()).containsExactly("never", "other", "plain", "soon");
        stage.pass(Duration.ofMinutes(60));
        stage.pass(Duration.ofMinutes(29));
        assertThat(left()).contains("soon");
        stage.pass(Duration.ofMinutes(1));
        assertThat(left()).containsExactly("never", "other", "plain");
    }
}
