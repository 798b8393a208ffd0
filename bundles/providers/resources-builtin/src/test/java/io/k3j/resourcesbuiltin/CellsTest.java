package io.k3j.resourcesbuiltin;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class CellsTest {
    private static final String META = """
            apiVersion: v1
            kind: Pod
            metadata: {name: p, creationTimestamp: "2026-01-01T00:00:00Z"}
            """;
    private final Kit kit = new Kit();

    private String status(String rest) {
        return String.valueOf(kit.row(META + rest).get(2));
    }

    @Test
    void aRunningPodHasUpstreamsColumns() {
        assertThat(kit.row(
                META + """
                        spec: {nodeName: node1, containers: [{name: a}, {name: b}]}
                        status:
                          phase: Running
                          podIPs: [{ip: 10.42.0.5}]
                          containerStatuses:
                          - {name: a, ready: true, restartCount: 2, state: {running: {}}, lastState: {terminated: {finishedAt: "2026-01-01T00:05:00Z"}}}
                          - {name: b, ready: false, restartCount: 0, state: {running: {}}}
                        """))
                .containsExactly("p", "1/2", "Running", "2 (5m ago)", "10m", "10.42.0.5", "node1", "<none>", "<none>");
    }

    @Test
    void aWaitingReasonIsShownAsTheStatus() {
        assertThat(
                status("""
                        spec: {containers: [{name: a}]}
                        status: {phase: Running, containerStatuses: [{name: a, restartCount: 3, state: {waiting: {reason: CrashLoopBackOff}}}]}
                        """))
                .isEqualTo("CrashLoopBackOff");
    }

    @Test
    void initContainersAreCounted() {
        assertThat(status("""
                spec: {initContainers: [{name: i}, {name: j}], containers: [{name: a}]}
                status:
                  phase: Pending
                  initContainerStatuses:
                  - {name: i, state: {terminated: {exitCode: 0}}}
                  - {name: j, state: {running: {}}}
                """)).isEqualTo("Init:1/2");
        assertThat(status("""
                spec: {initContainers: [{name: i}], containers: [{name: a}]}
                status: {phase: Pending, initContainerStatuses: [{name: i, state: {terminated: {exitCode: 3}}}]}
                """)).isEqualTo("Init:ExitCode:3");
    }

    @Test
    void aSidecarCountsAmongTheContainers() {
        assertThat(kit.row(META + """
                spec: {initContainers: [{name: i, restartPolicy: Always}], containers: [{name: a}]}
                status:
                  phase: Running
                  initContainerStatuses: [{name: i, started: true, ready: true, state: {running: {}}}]
                  containerStatuses: [{name: a, ready: true, state: {running: {}}}]
                """).subList(1, 3)).containsExactly("2/2", "Running");
    }

    @Test
    void finishedAndTerminatingPodsHaveDifferentStatuses() {
        assertThat(
                status("""
                        spec: {containers: [{name: a}]}
                        status: {phase: Succeeded, containerStatuses: [{name: a, state: {terminated: {reason: Completed, exitCode: 0}}}]}
                        """))
                .isEqualTo("Completed");
        assertThat(String.valueOf(kit.row("""
                apiVersion: v1
                kind: Pod
                metadata: {name: p, deletionTimestamp: "2026-01-01T00:00:00Z"}
                spec: {containers: [{name: a}]}
                status: {phase: Running}
                """).get(2))).isEqualTo("Terminating");
    }

    @Test
    void aGatedPodIsShownAsSchedulingGated() {
        assertThat(status("""
                spec: {containers: [{name: a}]}
                status: {phase: Pending, conditions: [{type: PodScheduled, status: "False", reason: SchedulingGated}]}
                """)).isEqualTo("SchedulingGated");
    }

    @Test
    void servicesShowTheirAddresses() {
        assertThat(
                kit.row("""
                        apiVersion: v1
                        kind: Service
                        metadata: {name: s, creationTimestamp: "2026-01-01T00:00:00Z"}
                        spec: {type: LoadBalancer, clusterIP: 10.43.0.9, ports: [{port: 80, nodePort: 30080, protocol: TCP}], selector: {a: b}}
                        """))
                .containsExactly("s", "LoadBalancer", "10.43.0.9", "<pending>", "80:30080/TCP", "10m", "a=b");
    }

    @Test
    void nodesShowStateAndRoles() {
        assertThat(
                kit.row("""
                        apiVersion: v1
                        kind: Node
                        metadata: {name: node1, creationTimestamp: "2026-01-01T00:00:00Z", labels: {node-role.kubernetes.io/control-plane: "true"}}
                        spec: {unschedulable: true}
                        status: {conditions: [{type: Ready, status: "True"}], nodeInfo: {kubeletVersion: v1.36.2+k3s1}}
                        """)
                        .subList(0, 5))
                .containsExactly("node1", "Ready,SchedulingDisabled", "control-plane", "10m",
                        "v1.36.2+k3s1");
    }

    @Test
    void eventsShowTheirTimeFirst() {
        assertThat(kit.row("""
                apiVersion: v1
                kind: Event
                metadata: {name: p.1, namespace: default}
                involvedObject: {kind: Pod, name: p}
                type: Normal
                reason: Started
                message: "Started it "
                source: {component: kubelet, host: node1}
                firstTimestamp: "2026-01-01T00:05:00Z"
                lastTimestamp: "2026-01-01T00:09:00Z"
                count: 3
                """)).containsExactly("60s", "Normal", "Started", "pod/p", "", "kubelet, node1", "Started it", "5m", 3L,
                "p.1");
    }
}
