package io.k3j.ha;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.testkitmachine.Machine;
import io.k3j.testkitmachine.MachineNet;
import io.k3j.testkitmachine.NeedsMachine;
import io.k3j.testkitmachine.Waiting;
import io.k3j.testkitprocess.ChildProcess;
import io.k3j.testkitprocess.Launch;
import io.k3j.testkitprocess.Outcome;
import io.k3j.testmachine.NeedsPackages;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/// The machines the other tests stand on.
@NeedsMachine
@NeedsPackages({"busybox-static", "psmisc"})
class MachineNetItest {
    private static final Duration LIMIT = Duration.ofSeconds(120);

    @Test
    void losesANodeWithAllItsProcessesAndSwitchesItOnAgainWithItsDisk() throws IOException, InterruptedException {
        try (MachineNet net = MachineNet.on()) {
            Machine one = net.server(1);
            Machine two = net.balancer(2);
            assertThat(run(one, "hostname; ip -4 -o addr show dev eth1")).contains("server-1")
                    .contains("10.10.10.50/24");
            assertThat(run(one, "busybox ping -c 1 -W 30 10.10.10.99")).contains(" 0% packet loss");
            assertThat(run(two, "killall -0 no-such-program; true")).contains("no process found");

            run(one, "echo kept > /var/lib/rancher/mark; mkdir -p /etc/rancher/node; echo secret > "
                    + "/etc/rancher/node/password; (setsid sleep 1000 &)");
            net.lose(one);
            assertThat(two.run(LIMIT, "busybox ping -c 1 -W 1 10.10.10.50").code()).isNotZero();
            net.again(one);
            assertThat(run(one, "cat /var/lib/rancher/mark /etc/rancher/node/password; hostname")).isEqualTo(
                    "kept\nsecret\nserver-1\n");
            assertThat(one.run(LIMIT, "pgrep -x sleep | wc -l").text().strip()).as("what slept before").isEqualTo("0");

            net.unplug(two);
            assertThat(one.run(LIMIT, "busybox ping -c 1 -W 1 10.10.10.99").code()).isNotZero();
            net.plug(two);
            Waiting.until("the way to it", LIMIT,
                    () -> one.run(LIMIT, "busybox ping -c 1 -W 1 10.10.10.99").code() == 0, () -> "");
            assertThat(run(one, "busybox ping -c 3 -W 30 10.10.10.99")).contains("3 packets transmitted");
        }
        assertThat(Launch.of("ip", "link", "show", "k3jnet").run(LIMIT).code()).isNotZero();
    }

    @Test
    void goesWithATestThatIsKilled() throws IOException, InterruptedException {
        ChildProcess test = Launch.of(Launch.jdk("java"), "-cp", System.getProperty("java.class.path"),
                Killed.class.getName()).errorsApart().interactive().start();
        long machine = Long.parseLong(test.reader().readLine());
        test.kill();
        Waiting.until("end of its machine", LIMIT, () -> !Files.exists(Path.of("/proc", Long.toString(machine))),
                () -> "");
        try (MachineNet net = MachineNet.on()) {
            assertThat(run(net.server(1), "busybox ping -c 1 -W 30 10.10.10.1")).contains(" 0% packet loss");
        }
    }

    /// A test that waits to be killed.
    static final class Killed {
        public static void main(String[] args) throws IOException, InterruptedException {
            System.out.println(MachineNet.on().server(1).init());
            System.in.read();
        }
    }

    private static String run(Machine machine, String line) throws IOException, InterruptedException {
        Outcome outcome = machine.run(LIMIT, line);
        assertThat(outcome.code()).as(outcome.text()).isZero();
        return outcome.text();
    }
}
