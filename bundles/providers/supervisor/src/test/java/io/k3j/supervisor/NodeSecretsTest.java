package io.k3j.supervisor;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.ApiFault;
import io.k3j.clientapi.Query;
import io.k3j.model.Obj;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.servercredentials.Credentials;
import io.k3j.servercredentials.ServerLayout;
import io.k3j.servercredentials.SupervisorSettings;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A node's name belongs to the machine that presented its password first, as long as the Node exists.
class NodeSecretsTest {
    private static final String SECRET = "n.node-password.k3s";

    private final FakeApi api = new FakeApi();
    private final NodeSecrets secrets = new NodeSecrets(new SecureRandom());

    @AfterEach
    void close() {
        secrets.close();
    }

    private static Obj node(String uid) {
        return Obj.of(Struct.of("apiVersion", "v1", "kind", "Node", "metadata", Struct.of("name", "n", "uid", uid)));
    }

    private Struct owner() {
        return api.named("kube-system", SECRET).getFirst().tree().struct("metadata").seq("ownerReferences")
                .find("kind", "Node");
    }

    @Test
    void theNodeOwnsTheSecretAsSoonAsItIsRegistered() {
        secrets.apiAvailable(api.client());
        assertThat(secrets.ensure("n", "password")).isTrue();
        secrets.setOwners();
        assertThat(owner().text("uid")).isEmpty();
        api.put(node("uid-1"));
        secrets.setOwners();
        assertThat(owner().text("uid")).isEqualTo("uid-1");
        assertThat(owner().text("name")).isEqualTo("n");
    }

    @Test
    void theNodeOwnsTheSecretAnotherServerCreated() {
        NodeSecrets dead = new NodeSecrets(new SecureRandom());
        dead.apiAvailable(api.client());
        dead.ensure("n", "password");
        dead.close();
        api.put(node("uid-1"));
        secrets.apiAvailable(api.client());
        secrets.setOwners();
        assertThat(owner().text("uid")).isEqualTo("uid-1");
        assertThat(api.queries()).as("no other Secret is read")
                .containsExactly(Query.ALL, Query.in("kube-system").where("type", "k3s.cattle.io/node-password"));
    }

    @Test
    void aNodeThatPresentedItsPasswordHereOwnsItsSecretSoon() {
        secrets.setOwnersOfPresented();
        secrets.apiAvailable(api.client());
        secrets.ensure("n", "password");
        api.put(node("uid-1"));
        secrets.setOwnersOfPresented();
        assertThat(owner().text("uid")).isEqualTo("uid-1");
    }

    @Test
    void aReplacedNodeOwnsTheSecret() {
        secrets.apiAvailable(api.client());
        secrets.ensure("n", "password");
        api.put(node("uid-1"));
        secrets.setOwners();
        api.put(node("uid-2"));
        secrets.setOwners();
        assertThat(owner().text("uid")).isEqualTo("uid-2");
        assertThat(secrets.ensure("n", "another's")).as("the name is still the first one's").isFalse();
        assertThat(secrets.ensure("n", "password")).isTrue();
    }

    private void put(String node, String type, Instant created) {
        api.put(Obj.of(Struct.of("apiVersion", "v1", "kind", "Secret", "type", type, "metadata",
                Struct.of("name", node + ".node-password.k3s", "namespace", "kube-system", "uid", "uid-of-" + node,
                        "creationTimestamp", created.truncatedTo(ChronoUnit.SECONDS).toString()))));
    }

    @Test
    void aSecretWhoseNodeHasNotComeInTenMinutesIsDeleted() {
        secrets.apiAvailable(api.client());
        Instant now = Instant.now();
        put("late", "k3s.cattle.io/node-password", now.minus(Duration.ofMinutes(11)));
        put("n", "k3s.cattle.io/node-password", now.minus(Duration.ofMinutes(11)));
        put("young", "k3s.cattle.io/node-password", now.minus(Duration.ofMinutes(9)));
        api.put(node("uid-1"));
        secrets.setOwners();
        assertThat(api.created()).contains("kube-system/" + SECRET, "kube-system/young.node-password.k3s")
                .doesNotContain("kube-system/late.node-password.k3s");
    }

    @Test
    void aSecretOfAnOldReleaseOfK3sGetsItsType() {
        secrets.apiAvailable(api.client());
        put("n", "Opaque", Instant.now());
        assertThat(secrets.migrate()).isTrue();
        Struct migrated = api.named("kube-system", SECRET).getFirst().tree();
        assertThat(migrated.text("type")).isEqualTo("k3s.cattle.io/node-password");
        assertThat(migrated.struct("metadata").has("uid")).as("it is a new object").isFalse();
    }

    /// The API, with something that happens before the first call of a method.
    private ApiClient before(String called, Runnable happening) {
        return before(called, 1, happening);
    }

    /// @param call before which it happens, counted from 1
    private ApiClient before(String called, int call, Runnable happening) {
        ApiClient client = api.client();
        AtomicInteger calls = new AtomicInteger();
        return (ApiClient) Proxy.newProxyInstance(ApiClient.class.getClassLoader(), new Class<?>[] {ApiClient.class},
                (proxy, method, arguments) -> {
                    if (method.getName().equals(called) && calls.incrementAndGet() == call) {
                        happening.run();
                    }
                    try {
                        return method.invoke(client, arguments);
                    } catch (InvocationTargetException thrown) {
                        throw thrown.getCause();
                    }
                });
    }

    private String type() {
        return api.named("kube-system", SECRET).getFirst().tree().text("type");
    }

    @Test
    void aSecretOfWhichNoCopyCanBeMadeNowStaysUntilTheNextCall() {
        secrets.apiAvailable(before("create", () -> {
            throw ApiFault.unavailable("away");
        }));
        put("n", "Opaque", Instant.now());
        assertThat(secrets.migrate()).isFalse();
        assertThat(type()).isEqualTo("Opaque");
        assertThat(secrets.migrate()).isTrue();
        assertThat(type()).isEqualTo("k3s.cattle.io/node-password");
    }

    /// As when the process is killed there: what lies in memory is gone.
    @Test
    void aServerThatDiesBeforeTheSecretIsMadeAgainFreesNoName() {
        secrets.apiAvailable(api.client());
        secrets.ensure("n", "password");
        api.put(Obj.of(api.named("kube-system", SECRET).getFirst().tree().with("type", "Opaque")));
        NodeSecrets dying = new NodeSecrets(new SecureRandom());
        dying.apiAvailable(before("create", 2, () -> {
            throw ApiFault.unavailable("away");
        }));
        assertThat(dying.migrate()).isFalse();
        dying.close();
        assertThat(api.created()).doesNotContain("kube-system/" + SECRET);
        assertThat(secrets.ensure("n", "another's")).as("the name is still the first one's").isFalse();
        assertThat(secrets.ensure("n", "password")).isTrue();
        assertThat(secrets.migrate()).isTrue();
        assertThat(api.named("kube-system", SECRET)).as("no copy is left").hasSize(1);
        assertThat(type()).isEqualTo("k3s.cattle.io/node-password");
        assertThat(secrets.ensure("n", "another's")).isFalse();
        assertThat(secrets.ensure("n", "password")).isTrue();
    }

    /// Another server ends a migration between the two questions for the Secret and for its copy.
    @Test
    void aSecretThatComesBackBetweenTwoQuestionsIsFound() {
        secrets.apiAvailable(api.client());
        secrets.ensure("n", "password");
        Obj secret = api.named("kube-system", SECRET).getFirst();
        api.remove("kube-system", SECRET);
        api.put(Obj.of(secret.tree().withAt(SECRET + ".copy", "metadata", "name")));
        secrets.apiAvailable(before("find", 2, () -> {
            api.put(secret);
            api.remove("kube-system", SECRET + ".copy");
        }));
        assertThat(secrets.lost("n", true)).isFalse();
    }

    @Test
    void aCopyThatSaysSomethingElseIsReplaced() {
        secrets.apiAvailable(api.client());
        secrets.ensure("n", "password");
        Struct made = api.named("kube-system", SECRET).getFirst().tree();
        api.put(Obj.of(made.with("type", "Opaque")));
        api.put(Obj.of(made.with("type", "Opaque").with("data", Struct.EMPTY).withAt(SECRET + ".copy", "metadata",
                "name")));
        assertThat(secrets.migrate()).isTrue();
        assertThat(api.named("kube-system", SECRET)).hasSize(1);
        assertThat(secrets.ensure("n", "password")).isTrue();
    }

    /// Another server that does the same may end before it has made it again.
    @Test
    void aSecretThatAnotherServerHasDeletedIsMadeAgain() {
        secrets.apiAvailable(before("delete", () -> api.remove("kube-system", SECRET)));
        put("n", "Opaque", Instant.now());
        assertThat(secrets.migrate()).isTrue();
        assertThat(type()).isEqualTo("k3s.cattle.io/node-password");
    }

    @Test
    void aSecretThatMayNotBeDeletedStays() {
        secrets.apiAvailable(before("delete", () -> {
            throw new ApiFault(403, "Forbidden", "a webhook refuses", Struct.EMPTY);
        }));
        put("n", "Opaque", Instant.now());
        assertThat(secrets.migrate()).isTrue();
        assertThat(api.named("kube-system", SECRET)).as("nor is a copy left").hasSize(1);
        assertThat(type()).isEqualTo("Opaque");
    }

    /// Deleting a Node takes its Secret along; the kubelet that runs makes the Node again.
    @Test
    void theOwnNodesSecretIsMadeAgain(@TempDir Path directory) throws Exception {
        SupervisorSettings settings = Given.settings(directory, "nodeName", "n");
        ServerLayout layout = new ServerLayout(directory);
        writePassword(layout, settings, "password");
        secrets.ensureLater("n", new NodeSecrets.Presented("password", Optional.of(new PasswordProof(layout,
                settings))));
        secrets.apiAvailable(api.client());
        awaitEvent("NodePasswordValidationComplete", "Normal", "Deferred node password secret validation complete");
        api.remove("kube-system", SECRET);
        api.put(node("uid-2"));
        secrets.setOwners();
        assertThat(owner().text("uid")).isEqualTo("uid-2");
        assertThat(secrets.ensure("n", "another's")).isFalse();
    }

    @Test
    void aTokenAloneClaimsNoNodeThatRunsAlsoWhenItIsCheckedLater() throws Exception {
        api.put(Obj.of(node("uid-1").tree().withAt(Seq.of(Struct.of("type", "Ready", "status", "True")), "status",
                "conditions")));
        assertThat(secrets.claimLater("n", "a stranger's", "192.0.2.1")).isTrue();
        secrets.apiAvailable(api.client());
        awaitEvent("NodePasswordValidationFailed", "Warning",
                "Deferred node password secret validation failed: hash does not match");
        assertThat(api.named("kube-system", SECRET)).isEmpty();
    }

    private void awaitEvent(String reason, String type, String message) throws InterruptedException {
        api.await(reason, () -> api.named("default", "n.").stream().map(Obj::tree)
                .anyMatch(event -> event.text("reason").equals(reason) && event.text("type").equals(type)
                        && event.text("message").equals(message)
                        && event.struct("involvedObject").text("uid").equals("n")));
    }

    @Test
    void aDeferredCheckRecordsTheEventsOfK3s() throws Exception {
        secrets.ensureLater("n", "password");
        secrets.apiAvailable(api.client());
        awaitEvent("NodePasswordValidationComplete", "Normal", "Deferred node password secret validation complete");
        secrets.ensureLater("n", "another's");
        awaitEvent("NodePasswordValidationFailed", "Warning",
                "Deferred node password secret validation failed: hash does not match");
    }

    @Test
    void remembersThatThePasswordOfTheOwnNodeMatches(@TempDir Path directory) throws Exception {
        SupervisorSettings settings = Given.settings(directory, "nodeName", "n");
        ServerLayout layout = new ServerLayout(directory);
        PasswordProof proof = new PasswordProof(layout, settings);
        writePassword(layout, settings, "password");
        secrets.ensureLater("n", new NodeSecrets.Presented("password", Optional.of(proof)));
        secrets.apiAvailable(api.client());
        awaitEvent("NodePasswordValidationComplete", "Normal", "Deferred node password secret validation complete");
        String hash = NodeHash.of(api.named("kube-system", SECRET).getFirst().tree());
        assertThat(proof.hash()).contains(hash);
        writePassword(layout, settings, "another's");
        secrets.ensureLater("n", new NodeSecrets.Presented("another's", Optional.of(proof)));
        awaitEvent("NodePasswordValidationFailed", "Warning",
                "Deferred node password secret validation failed: hash does not match");
        assertThat(proof.hash()).isEmpty();
        writePassword(layout, settings, "password");
        assertThat(proof.hash()).contains(hash);
    }

    private static void writePassword(ServerLayout layout, SupervisorSettings settings, String password)
            throws IOException {
        Path file = Credentials.nodePasswordFile(settings, layout);
        Files.createDirectories(file.getParent());
        Files.createDirectories(layout.cred("x").getParent());
        Files.writeString(file, password + "\n");
    }
}
