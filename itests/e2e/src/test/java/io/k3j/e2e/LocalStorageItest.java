package io.k3j.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.testkitmachine.Machine;
import io.k3j.testkitmachine.NeedsMachine;
import io.k3j.testkitmachine.Server;
import io.k3j.testkitmachine.Waiting;
import io.k3j.testkitprocess.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// A claim is provisioned on its node, survives its pod, and goes with its directory; `docs/local-storage.md`.
@NeedsMachine
class LocalStorageItest {
    private static final Duration LIMIT = Duration.ofSeconds(300);
    private static final Path PAGE = Path.of("../../docs/local-storage.md");
    private static final String CLAIM = """
            {"apiVersion":"v1","kind":"PersistentVolumeClaim","metadata":{"name":"data"},"spec":{"accessModes":\
            ["ReadWriteOnce"],"resources":{"requests":{"storage":"1Mi"}}}}""";

    private static String pod(String name, String command) {
        return "{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"metadata\":{\"name\":\"" + name
                + "\"},\"spec\":{\"restartPolicy\":\"Never\",\"containers\":[{\"name\":\"a\",\"image\":"
                + "\"k3j.io/busybox:1\",\"command\":[\"sh\",\"-c\",\"" + command
                + "\"],\"volumeMounts\":[{\"name\":\"v\",\"mountPath\":\"/data\"}]}],\"volumes\":[{\"name\":\"v\","
                + "\"persistentVolumeClaim\":{\"claimName\":\"data\"}}]}}";
    }

    @Test
    void aClaimIsProvisionedSurvivesItsPodAndGoesWithItsDirectory() throws IOException, InterruptedException {
        try (Machine machine = Machine.on()) {
            Path storage = Files.createDirectory(machine.dir().resolve("volumes"));
            Server server = Server.start(machine, "--default-local-storage-path=" + storage).ready();
            deploy(server, machine);
            apply(server, machine, CLAIM);
            apply(server, machine, pod("writer", "echo kept > /data/file; ln -s /etc/passwd /data/out"));
            phase(server, "writer");
            assertThat(names(storage)).singleElement().asString().matches("pvc-[0-9a-f-]+_default_data");
            assertThat(server.k3s("kubectl delete pod writer").code()).isZero();
            apply(server, machine, pod("reader", "grep kept /data/file"));
            phase(server, "reader");
            assertThat(server.k3s("kubectl get pv -o yaml").text()).contains("local.path.provisioner/selected-node",
                    "rancher.io/local-path", "kubernetes.io/hostname", machine.name());
            page(server);
            assertThat(server.k3s("kubectl delete pod reader").code()).isZero();
            assertThat(server.k3s("kubectl delete pvc data").code()).isZero();
            Waiting.until("the directory to go", LIMIT, () -> names(storage).isEmpty(), server::story);
            Waiting.until("the volume to go", LIMIT,
                    () -> !server.k3s("kubectl get pv").text().contains("pvc-"), server::story);
        }
    }

    @Test
    void aFullDiskIsToldAndTriedAgain() throws IOException, InterruptedException {
        try (Machine machine = Machine.on()) {
            Path storage = Files.createDirectory(machine.dir().resolve("small"));
            // there is no room for a directory in it
            machine.run(LIMIT, "mount -t tmpfs -o nr_inodes=1 tmpfs " + storage);
            Server server = Server.start(machine, "--default-local-storage-path=" + storage).ready();
            deploy(server, machine);
            apply(server, machine, CLAIM);
            apply(server, machine, pod("writer", "echo kept > /data/file"));
            server.await("an Event", "kubectl get events", "No space left on device");
            assertThat(server.k3s("kubectl get pv").text()).doesNotContain("pvc-");
            machine.run(LIMIT, "mount -o remount,nr_inodes=100 " + storage);
            phase(server, "writer");
        }
    }

    /// What the add-on deployer does as soon as it is there, which may be at the same time.
    private static void deploy(Server server, Machine machine) throws IOException, InterruptedException {
        Path manifest = machine.dir().resolve("rancher/k3s/server/manifests/local-storage.yaml");
        Waiting.until("the storage class", LIMIT, () -> server.k3s("kubectl apply -f " + manifest).code() == 0,
                server::story);
    }

    private static void apply(Server server, Machine machine, String json) throws IOException, InterruptedException {
        Path file = Files.writeString(machine.dir().resolve("object.json"), json);
        Outcome outcome = server.k3s("kubectl apply -f " + file);
        assertThat(outcome.code()).as(outcome.text()).isZero();
    }

    private static void phase(Server server, String pod) throws IOException, InterruptedException {
        Waiting.until(pod + " to succeed", LIMIT,
                () -> server.k3s("kubectl get pod " + pod + " --no-headers").text().contains("Completed"),
                () -> server.story());
    }

    private static List<String> names(Path storage) throws IOException {
        try (Stream<Path> all = Files.list(storage)) {
            return all.map(p -> p.getFileName().toString()).toList();
        }
    }

    private static void page(Server server) throws IOException, InterruptedException {
        List<String> commands = Files.readString(PAGE).split("```")[1].lines()
                .filter(line -> line.startsWith("kubectl ")).toList();
        assertThat(commands).isNotEmpty();
        for (String command : commands) {
            Outcome outcome = server.k3s(command);
            assertThat(outcome.code()).as(command + "\n" + outcome.text()).isZero();
        }
    }
}
