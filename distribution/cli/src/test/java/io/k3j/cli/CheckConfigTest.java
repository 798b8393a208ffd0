package io.k3j.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What `k3s check-config` says of a machine, in the form of K3s' own check.
class CheckConfigTest {
    private static final String KERNEL = """
            CONFIG_NAMESPACES=y
            CONFIG_NET_NS=y
            CONFIG_PID_NS=y
            CONFIG_IPC_NS=y
            CONFIG_UTS_NS=y
            CONFIG_CGROUPS=y
            CONFIG_CGROUP_PIDS=y
            CONFIG_CGROUP_CPUACCT=y
            CONFIG_CGROUP_DEVICE=y
            CONFIG_CGROUP_FREEZER=y
            CONFIG_CGROUP_SCHED=y
            CONFIG_CPUSETS=y
            CONFIG_MEMCG=y
            CONFIG_KEYS=y
            CONFIG_VETH=m
            CONFIG_BRIDGE=m
            CONFIG_BRIDGE_NETFILTER=m
            CONFIG_NF_TABLES=m
            CONFIG_NFT_NAT=m
            CONFIG_NFT_MASQ=m
            CONFIG_NF_CONNTRACK=m
            CONFIG_OVERLAY_FS=m
            CONFIG_POSIX_MQUEUE=y
            """;
    @TempDir
    private Path root;
    private int code;

    private void write(String name, String text) throws IOException {
        Path file = root.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }

    private String said(String... arguments) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        PrintStream print = new PrintStream(out, true, StandardCharsets.UTF_8);
        code = new CheckConfig(root, print).run(List.of(arguments), "6.1.0");
        return out.toString(StandardCharsets.UTF_8);
    }

    @Test
    void aMachineThatHasEverythingPasses() throws IOException {
        write("boot/config-6.1.0", KERNEL);
        write("sys/fs/cgroup/cgroup.controllers", "cpuset cpu io memory pids\n");
        write("proc/sys/kernel/keys/root_maxkeys", "1000000\n");
        assertThat(said()).contains("- swap: disabled\n", "- routes: ok\n",
                "/proc/sys/kernel/keys/root_maxkeys: 1000000\n",
                "info: reading kernel config from " + root + "/boot/config-6.1.0 ...\n",
                "- cgroup hierarchy: cgroups V2 mounted, cpu|cpuset|memory controllers status: good\n",
                "- CONFIG_NAMESPACES: enabled\n", "- CONFIG_VETH: enabled (as module)\n", "- CONFIG_VXLAN: missing\n",
                "- packages: missing: containerd ").endsWith("\nSTATUS: pass\n");
        assertThat(code).isZero();
    }

    @Test
    void whatIsMissingIsCounted() throws IOException {
        write("boot/config-6.1.0", KERNEL.replace("CONFIG_VETH=m", "# CONFIG_VETH is not set"));
        write("sys/fs/cgroup/cgroup.controllers", "cpuset cpu io pids\n");
        write("proc/swaps", "Filename Type\n/dev/sda2 partition\n");
        write("proc/net/route", "Iface\tDestination\neth0\t00002A0A\t0\n");
        write("proc/sys/kernel/keys/root_maxkeys", "200\n");
        assertThat(said()).contains("- swap: should be disabled\n", "- routes: default CIDRs ",
                "should be at least 10000", "controllers status: bad", "- CONFIG_VETH: missing\n")
                .endsWith("\nSTATUS: 2 (fail): [cgroups, CONFIG_VETH]\n");
        assertThat(code).isOne();
    }

    @Test
    void version1OfControlGroupsIsLookedAtByItsTable() throws IOException {
        write("boot/config-6.1.0", KERNEL);
        write("proc/cgroups", "#subsys_name\thierarchy\tnum_cgroups\tenabled\n"
                + "cpuset\t3\t1\t1\ncpu\t2\t1\t1\nmemory\t9\t1\t1\n");
        assertThat(said())
                .contains("- cgroup hierarchy: cgroups V1 mounted, cpu|cpuset|memory controllers status: good\n");
    }

    @Test
    void theKernelsConfigurationMayBeNamed() throws IOException {
        assertThat(said()).contains("error: cannot find kernel config");
        assertThat(code).isOne();
        write("mine", KERNEL);
        assertThat(said(root.resolve("mine").toString())).contains("reading kernel config from " + root + "/mine");
        assertThatExceptionOfType(UsageFailure.class).isThrownBy(() -> CheckConfig.run(List.of("--all")));
    }
}
