package io.k3j.agentitest;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.testkitmachine.AgentProcess;
import io.k3j.testkitmachine.Machine;
import io.k3j.testkitmachine.MachineNet;
import io.k3j.testkitmachine.NeedsMachine;
import io.k3j.testkitmachine.Server;
import io.k3j.testkitmachine.Waiting;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

/// What a server asks of an agent's kubelet port as a component of its own, through the tunnel only: figures for
/// `metrics.k8s.io`, and directories of local volumes.
@NeedsMachine
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TunnelledPartsItest {
    private static final Duration LIMIT = Duration.ofSeconds(300);
    private static final String TOKEN = "agent-test";
    private static final String OBJECTS = """
            apiVersion: v1
            kind: PersistentVolumeClaim
            metadata: {name: kept}
            spec:
              accessModes: [ReadWriteOnce]
              resources: {requests: {storage: 1Mi}}
            ---
            apiVersion: v1
            kind: Pod
            metadata: {name: keeper}
            spec:
              nodeSelector: {kubernetes.io/hostname: agent-1}
              terminationGracePeriodSeconds: 0
              containers:
              - name: main
                image: k3j.io/busybox:1
                command: [sh, -c, 'echo kept > /data/file; while true; do :; done']
                resources: {limits: {cpu: 100m}}
                volumeMounts: [{name: data, mountPath: /data}]
              volumes:
              - name: data
                persistentVolumeClaim: {claimName: kept}
            """;

    private MachineNet net;

    /// Waits for its turn, which is no part of a test's time.
    @BeforeAll
    @Timeout(value = 30, unit = TimeUnit.MINUTES)
    void switchOn() throws IOException, InterruptedException {
        net = MachineNet.on();
    }

    @AfterAll
    void switchOff() {
        if (net != null) {
            net.close();
        }
    }

    @Test
    void figuresAndLocalVolumesOfAnAgent() throws IOException, InterruptedException {
        Machine serverMachine = net.server(1);
        Machine agentMachine = net.agent(1);
        Server server = Server.start(serverMachine, "--token", TOKEN).ready();
        agentMachine.run(LIMIT, "nft add table inet shut; nft add chain inet shut in '{ type filter hook input "
                + "priority 0; }'; nft add rule inet shut in iifname eth1 tcp dport 10250 drop");
        AgentProcess agent = AgentProcess.start(agentMachine, "https://10.10.10.50:6443", TOKEN);
        agent.said("node Ready");
        // as the add-on deployer does
        server.k3s("kubectl apply -f "
                + serverMachine.dir().resolve("rancher/k3s/server/manifests/local-storage.yaml"));
        Files.writeString(serverMachine.dir().resolve("objects.yaml"), OBJECTS);
        assertThat(server.k3s("kubectl apply -f " + serverMachine.dir().resolve("objects.yaml")).code()).isZero();
        server.await("the pod to run", "kubectl get pod keeper --no-headers", "Running");
        assertThat(storage(agentMachine)).contains("_default_kept");
        assertThat(storage(serverMachine)).isEmpty();
        String metrics = "kubectl get --raw /apis/metrics.k8s.io/v1beta1/";
        server.await("figures of the agent", metrics + "nodes/agent-1", "\"memory\":");
        server.await("figures of its pod", metrics + "namespaces/default/pods/keeper", "\"cpu\":");
        server.k3s("kubectl delete pod keeper");
        server.k3s("kubectl delete pvc kept");
        Waiting.until("the directory to go", LIMIT, () -> storage(agentMachine).isEmpty(), agent::tail);
    }

    private static String storage(Machine machine) throws IOException, InterruptedException {
        return machine.run(LIMIT, "ls /var/lib/rancher/k3s/storage 2> /dev/null || true").text().strip();
    }
}
