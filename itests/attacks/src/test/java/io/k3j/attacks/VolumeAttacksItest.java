package io.k3j.attacks;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.testkitmachine.NeedsMachine;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// Root in a container turns its volumes against the host.
@NeedsMachine
@ExtendWith(Victim.Here.class)
class VolumeAttacksItest {
    private static final String LINKER = """
            apiVersion: v1
            kind: ConfigMap
            metadata: {name: linked}
            data: {k: old}
            ---
            apiVersion: v1
            kind: Pod
            metadata: {name: linker}
            spec:
              terminationGracePeriodSeconds: 0
              volumes: [{name: v, configMap: {name: linked}}]
              containers:
              - name: c
                image: k3j.io/busybox:1
                command: [sleep, "3600"]
                volumeMounts: [{name: v, mountPath: /v}]
            """;
    private static final String SWAPPER = """
            apiVersion: v1
            kind: Pod
            metadata: {name: swapper}
            spec:
              terminationGracePeriodSeconds: 0
              volumes: [{name: v, emptyDir: {}}]
              initContainers:
              - name: attacker
                restartPolicy: Always
                image: k3j.io/busybox:1
                command: [sh, -c, "cd /v; mkdir d; ln -s /var/lib/rancher/k3s/server l; while true; do mv -T d t;
                  mv -T l d; ls -l >o; ls -l >o; mv -T d l; mv -T t d; ls -l >o; ls -l >o; done"]
                volumeMounts: [{name: v, mountPath: /v}]
              containers:
            """;
    private static final String READER = """
              - name: reader%d
                image: k3j.io/busybox:1
                command: [sh, -c, "echo ran; ls -A /m; sleep 2"]
                volumeMounts: [{name: v, mountPath: /m, subPath: d}]
            """;
    private static final int READERS = 10;
    /// In which each reader is started a dozen times.
    private static final Duration CHANCES = Duration.ofMinutes(8);

    /// CVE-2017-1002102: the kubelet removes what the link `..data` points at.
    @Test
    void aLinkInAConfigMapVolumeDeletesNothing(Victim victim) throws IOException, InterruptedException {
        victim.apply(LINKER);
        victim.until("kubectl get pod linker", "Running");
        victim.text("mkdir -p /var/lib/kubelet/precious && touch /var/lib/kubelet/precious/file");
        assertThat(victim.shell("kubectl exec linker --"
                + " sh -c 'rm /v/..data && ln -s /var/lib/kubelet/precious /v/..data'").text())
                .contains("Read-only file system");
        // and even if it could
        victim.text("cd /var/lib/kubelet/pods/*/volumes/kubernetes.io~configmap/v"
                + " && ln -sfn /var/lib/kubelet/precious ..data");
        victim.apply(LINKER.replace("old", "new"));
        victim.until("kubectl exec linker -- cat /v/k", "new");
        assertThat(victim.text("ls /var/lib/kubelet/precious")).isEqualTo("file");
    }

    /// CVE-2017-1002101: what `subPath` names is exchanged between the kubelet's look and the runtime's mount.
    @Test
    void aSubPathThatIsSwappedForALinkNeverShowsTheHost(Victim victim) throws IOException, InterruptedException {
        StringBuilder pod = new StringBuilder(SWAPPER);
        for (int i = 0; i < READERS; i++) {
            pod.append(READER.formatted(i));
        }
        victim.apply(pod.toString());
        // which of them meet the link is chance, so each is started again and again, ten seconds after it met it; what
        // is met is told by a state, which passes, and by an event, which may be one too many
        victim.until(CHANCES, "{ kubectl get pod swapper -o jsonpath='{.status.containerStatuses[*].state}';"
                + " kubectl get events --field-selector involvedObject.name=swapper -o jsonpath='{.items[*].message}'; }"
                + " | grep -qE 'subPath .{1,3}d.{1,3} leaves the volume|is a link, which is not followed'"
                + " && echo met the link", "met the link");
        victim.until(CHANCES, "[ $(grep -lw ran /var/log/pods/default_swapper_*/reader*/*.log | xargs -rn 1 dirname"
                + " | sort -u | wc -l) -ge " + READERS / 2 + " ] && echo half ran", "half ran");
        assertThat(victim.text("cat /var/log/pods/default_swapper_*/reader*/*.log"))
                .doesNotContain("token", "tls", "db");
        victim.text("kubectl delete pod swapper --grace-period=0 --force");
        victim.until("grep -q volume-subpaths /proc/self/mountinfo || echo gone", "gone");
        assertThat(victim.text("ls /var/lib/rancher/k3s/server")).contains("tls");
    }
}
