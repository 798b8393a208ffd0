package io.k3j.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.testkitmachine.Machine;
import io.k3j.testkitmachine.NeedsMachine;
import io.k3j.testkitmachine.Server;
import io.k3j.testkitprocess.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/// The PersistentVolume and the claim of `docs/nfs.md`, and a pod whose node cannot mount it: its network has no server.
@NeedsMachine
class NfsItest {
    private static final Path PAGE = Path.of("../../docs/nfs.md");
    private static final String POD = """
            apiVersion: v1
            kind: Pod
            metadata: {name: player}
            spec:
              terminationGracePeriodSeconds: 0
              containers:
              - {name: a, image: "k3j.io/busybox:1", command: [sleep, "600"], volumeMounts: [{name: v, mountPath: /media}]}
              volumes:
              - {name: v, persistentVolumeClaim: {claimName: media}}
            """;

    @Test
    void aPodThatCannotHaveItsVolumeIsToldWhyAndCanBeDeleted() throws IOException, InterruptedException {
        try (Machine machine = Machine.on()) {
            Server server = Server.start(machine).ready();
            apply(server, machine, Files.readString(PAGE).split("```yaml\n")[1].split("```")[0]);
            server.await("the claim", "kubectl get pvc media", "Bound");
            apply(server, machine, POD);
            server.await("an Event", "kubectl get events -o yaml",
                    Files.exists(Path.of("/sbin/mount.nfs")) ? "mount failed: exit status 32" : "install nfs-common");
            Outcome deleted = server.k3s("kubectl delete pod player --timeout=240s");
            assertThat(deleted.code()).as(deleted.text()).isZero();
        }
    }

    private static void apply(Server server, Machine machine, String yaml) throws IOException, InterruptedException {
        Outcome outcome = server.k3s("kubectl apply -f "
                + Files.writeString(machine.dir().resolve("objects.yaml"), yaml));
        assertThat(outcome.code()).as(outcome.text()).isZero();
    }
}
