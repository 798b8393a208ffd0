package io.k3j.controllerscluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.controllerkit.BuiltinResources;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import io.k3j.stage.Stage;
import org.junit.jupiter.api.Test;

class TokenSecretsTest {
    private static final Key ROBOT = new Key("default", "robot");
    private final Stage stage = new Stage(d -> TokenSecrets.add(d, () -> "CA"));

    private void account() {
        stage.api.seed(BuiltinResources.SERVICE_ACCOUNTS, Obj.of(Struct.of("apiVersion", "v1", "kind", "ServiceAccount",
                "metadata", Struct.of("name", "robot", "namespace", "default"))));
        stage.settle();
    }

    private void secret(String type, String uid) {
        Struct annotations = Struct.of("kubernetes.io/service-account.name", "robot").with(
                "kubernetes.io/service-account.uid", uid);
        stage.api.seed(BuiltinResources.SECRETS, Obj.of(Struct.of("apiVersion", "v1", "kind", "Secret", "metadata",
                Struct.of("name", "s", "namespace", "default", "annotations", annotations), "type", type)));
        stage.settle();
    }

    @Test
    void deletesTheSecretWithItsAccount() {
        account();
        secret("kubernetes.io/service-account-token", "");
        assertThat(stage.all(BuiltinResources.SECRETS)).hasSize(1);
        stage.api.vanish(BuiltinResources.SERVICE_ACCOUNTS, ROBOT);
        stage.settle();
        assertThat(stage.all(BuiltinResources.SECRETS)).isEmpty();
    }

    @Test
    void deletesTheSecretOfAnEarlierAccountWithTheSameName() {
        account();
        secret("kubernetes.io/service-account-token", "11111111-0000-0000-0000-000000000000");
        assertThat(stage.all(BuiltinResources.SECRETS)).isEmpty();
    }

    @Test
    void ignoresOtherSecrets() {
        secret("Opaque", "");
        assertThat(stage.all(BuiltinResources.SECRETS)).hasSize(1);
    }
}
