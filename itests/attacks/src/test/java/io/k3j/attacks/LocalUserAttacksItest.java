package io.k3j.attacks;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.testkitmachine.NeedsMachine;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// A user of the host without any rights walks what a running node has made on the disk.
@NeedsMachine
@ExtendWith(Victim.Here.class)
class LocalUserAttacksItest {
    private static final String KEEPER = """
            apiVersion: v1
            kind: Secret
            metadata: {name: kept}
            stringData: {k: nobody-else-may-read-this}
            ---
            apiVersion: v1
            kind: Pod
            metadata: {name: keeper}
            spec:
              terminationGracePeriodSeconds: 0
              volumes: [{name: s, secret: {secretName: kept}}, {name: e, emptyDir: {}}]
              containers:
              - name: c
                image: k3j.io/busybox:1
                command: [sleep, "3600"]
                volumeMounts: [{name: s, mountPath: /s}, {name: e, mountPath: /e}]
            """;
    private static final String NOBODY = "setpriv --reuid=65534 --regid=65534 --clear-groups ";
    private static final String PLACES = " /var/lib/kubelet /var/lib/rancher /etc/rancher /run/k3s /var/log/pods"
            + " /etc/cni";
    /// What is in Secrets, in private keys, in tokens of service accounts.
    private static final String SECRETS = "grep -rlE 'nobody-else-may-read-this|PRIVATE KEY|eyJhbGciOi'";

    /// N8: Secrets and tokens of pods, and whatever else the product keeps for root.
    @Test
    void findsNoSecretAndNothingToWriteTo(Victim victim) throws IOException, InterruptedException {
        victim.apply(KEEPER);
        victim.until("kubectl get pod keeper", "Running");
        assertThat(victim.text(SECRETS + " /var/lib/kubelet/pods | wc -l")).as("what root finds").isNotEqualTo("0");
        assertThat(victim.shell(NOBODY + SECRETS + PLACES + " 2>/dev/null").text()).isBlank();
        assertThat(victim.shell(NOBODY + "find" + PLACES
                + " -writable ! -type l ! -type s 2>/dev/null").text()).isBlank();
        assertThat(victim.shell(NOBODY + "ls /var/lib/kubelet/pods 2>&1").text()).contains("Permission denied");
        // directories of pods of others go at any time
        assertThat(victim.shell("stat -c %a /var/lib/kubelet /var/lib/kubelet/pods /var/lib/kubelet/pods/* 2>/dev/null")
                .text()).matches("(750\\s*)+");
        assertThat(victim.text("stat -c %a /var/lib/rancher/k3s/agent/etc/containerd/config.toml")).isEqualTo("600");
    }
}
