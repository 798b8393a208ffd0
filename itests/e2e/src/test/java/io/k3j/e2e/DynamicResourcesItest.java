package io.k3j.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.testkitcsi.DraServer;
import io.k3j.testkitmachine.Machine;
import io.k3j.testkitmachine.NeedsMachine;
import io.k3j.testkitmachine.Server;
import io.k3j.testkitmachine.Waiting;
import io.k3j.testkitprocess.Api;
import io.k3j.testkitprocess.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/// A pod gets the one device of a driver's node, another waits for it and has it after that;
/// `docs/dynamic-resources.md`.
@NeedsMachine
class DynamicResourcesItest {
    private static final Duration LIMIT = Duration.ofSeconds(300);
    private static final Path PAGE = Path.of("../../docs/dynamic-resources.md");
    private static final String DRIVER = "gpu.example.com";
    private static final String RESOURCE_API = "/apis/resource.k8s.io/v1/";
    private static final String GROUP_VERSION = "resource.k8s.io/v1";
    private static final Struct CLASS = Struct.of("apiVersion", GROUP_VERSION, "kind", "DeviceClass", "metadata",
            Struct.of("name", DRIVER), "spec", Struct.of("selectors", Seq.of(Struct.of("cel",
                    Struct.of("expression", "device.driver == '" + DRIVER + "'")))));
    private static final String IMAGE = "image: example.com/train";
    private static final String OURS = "image: k3j.io/busybox:1\n    command: [sleep, '3600']";

    private static Struct slice(String node) {
        Struct device = Struct.of("name", "d0", "attributes",
                Struct.of("model", Struct.of("string", "A100")));
        return Struct.of("apiVersion", GROUP_VERSION, "kind", "ResourceSlice", "metadata", Struct.of("name", "s"),
                "spec", Struct.of("driver", DRIVER, "nodeName", node, "pool", Struct.of("name", "p", "generation", 1,
                        "resourceSliceCount", 1), "devices", Seq.of(device)));
    }

    @Test
    void aPodHasTheDeviceItAsksForUntilItEnds() throws IOException, InterruptedException {
        try (Machine machine = Machine.on(); DraServer driver = driver(machine)) {
            driver.withoutCdi();
            Server server = Server.start(machine).ready();
            offer(machine);
            String page = Files.readString(PAGE).split("```yaml\n")[1].split("```")[0];
            assertThat(page).contains(IMAGE, "name: train");
            apply(server, machine, page.replace(IMAGE, OURS));
            runs(server, "train");
            assertThat(server.k3s("kubectl get resourceclaims").text()).contains("allocated,reserved");
            assertThat(driver.calls()).hasSize(2).contains("registered true")
                    .last().asString().startsWith("NodePrepareResources ");
            apply(server, machine, page.replace(IMAGE, OURS).replace("name: train", "name: next"));
            server.await("one that waits", "kubectl describe pod next", "cannot allocate all claims");
            assertThat(server.k3s("kubectl delete pod train --grace-period=1").code()).isZero();
            runs(server, "next");
            Waiting.until("the first one's device to be given back", LIMIT,
                    () -> driver.calls().stream().anyMatch(call -> call.startsWith("NodeUnprepareResources ")),
                    server::story);
        }
    }

    private static void offer(Machine machine) throws IOException, InterruptedException {
        try (Api api = machine.api()) {
            ApiObjects objects = new ApiObjects(api);
            objects.create(RESOURCE_API + "deviceclasses", CLASS);
            objects.create(RESOURCE_API + "resourceslices", slice(machine.name()));
        }
    }

    private static DraServer driver(Machine machine) throws IOException {
        Path registry = Files.createDirectories(machine.dir().resolve("kubelet/plugins_registry"));
        return new DraServer(registry.resolve("gpu.sock"), DRIVER);
    }

    private static void apply(Server server, Machine machine, String text) throws IOException, InterruptedException {
        Outcome outcome = server
                .k3s("kubectl apply -f " + Files.writeString(machine.dir().resolve("object.yaml"), text));
        assertThat(outcome.code()).as(outcome.text()).isZero();
    }

    private static void runs(Server server, String pod) throws IOException, InterruptedException {
        Waiting.until(pod + " to run", LIMIT,
                () -> server.k3s("kubectl get pod " + pod + " --no-headers").text().contains("Running"),
                server::story);
    }
}
