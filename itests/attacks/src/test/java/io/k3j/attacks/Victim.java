package io.k3j.attacks;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.testkitmachine.Machine;
import io.k3j.testkitmachine.Server;
import io.k3j.testkitmachine.Waiting;
import io.k3j.testkitprocess.Api;
import io.k3j.testkitprocess.Outcome;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/// A machine with a server and its node, one for all classes of this module: what is attacked. Handed to tests that
/// are extended with [Victim.Here].
final class Victim implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofSeconds(120);
    /// For an answer to its admin, while it is attacked as well; shorter where nothing else runs.
    private static final Duration ANSWER = Boolean.getBoolean("k3j.full") ? Duration.ofSeconds(30) : LIMIT;
    private final Machine machine;
    private final Server server;
    private final Api admin;

    private Victim() throws IOException, InterruptedException {
        machine = Machine.on();
        server = Server.start(machine).ready();
        admin = machine.api().within(ANSWER);
    }

    /// Gives a test the victim.
    static final class Here implements BeforeAllCallback, ParameterResolver {
        private static final ExtensionContext.Namespace SPACE = ExtensionContext.Namespace.create(Victim.class);

        @Override
        public void beforeAll(ExtensionContext context) {
            victim(context);
        }

        private static Victim victim(ExtensionContext context) {
            return Objects.requireNonNull(context.getRoot().getStore(SPACE).getOrComputeIfAbsent("victim", k -> {
                try {
                    return new Victim();
                } catch (IOException e) {
                    throw new AssertionError("no victim", e);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    throw new AssertionError("interrupted", e);
                }
            }, Victim.class));
        }

        @Override
        public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
            return parameter.getParameter().getType() == Victim.class;
        }

        @Override
        public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
            return victim(context);
        }
    }

    /// Its node's name.
    String node() {
        return machine.name();
    }

    /// Its directory for what a test makes, which goes with it.
    Path dir() {
        return machine.dir();
    }

    /// Its address, as attackers outside see it.
    String address() {
        return machine.address();
    }

    /// Requests to it from outside, by its admin.
    Api admin() {
        return admin;
    }

    /// Requests to it from outside, by whoever holds a token; the caller closes it.
    Api outside() throws IOException {
        return machine.anonymous();
    }

    /// Asserts that it goes on serving: the process that was attacked, and all that has to be ready.
    void goesOn() throws IOException, InterruptedException {
        // a loop whose lease was lost for a moment begins again
        io.k3j.testkitbase.Waiting.until("readiness of the victim", server, () -> {
            HttpResponse<String> ready = admin.get("/readyz", "*/*");
            assertThat(ready.statusCode()).as(ready.body()).isEqualTo(200);
            return true;
        });
    }

    /// Runs a shell line on it as root, kubectl being its admin's.
    Outcome shell(String line) throws IOException, InterruptedException {
        return machine.run(LIMIT, "export KUBECONFIG=" + Server.KUBECONFIG + "; " + line);
    }

    /// What a shell line prints that must succeed.
    String text(String line) throws IOException, InterruptedException {
        Outcome outcome = shell(line);
        assertThat(outcome.code()).as("%s%n%s", line, outcome.text()).isZero();
        return outcome.text().strip();
    }

    /// Applies objects as its admin.
    void apply(String yaml) throws IOException, InterruptedException {
        Files.writeString(machine.dir().resolve("objects.yaml"), yaml);
        text("kubectl apply -f " + machine.dir().resolve("objects.yaml"));
    }

    /// Waits until a shell line prints something that contains a text.
    void until(String line, String expected) throws IOException, InterruptedException {
        until(LIMIT, line, expected);
    }

    /// The same for what takes longer by its nature.
    void until(Duration limit, String line, String expected) throws IOException, InterruptedException {
        Waiting.until(expected, limit, () -> shell(line).text().contains(expected), () -> {
            try {
                return shell(line + "; kubectl get events -A | tail -20").text();
            } catch (IOException | InterruptedException e) {
                return e.toString();
            }
        });
    }

    @Override
    public void close() {
        admin.close();
        machine.close();
    }
}
