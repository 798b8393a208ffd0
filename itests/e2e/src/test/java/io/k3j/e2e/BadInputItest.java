package io.k3j.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.testkitmachine.Machine;
import io.k3j.testkitmachine.NeedsMachine;
import io.k3j.testkitmachine.Server;
import io.k3j.testkitprocess.K3sProcess;
import io.k3j.testkitprocess.Outcome;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What a person does wrong before a server can start: one clear error, an exit code, and nothing written.
@NeedsMachine
class BadInputItest {
    private static final Duration LIMIT = Duration.ofSeconds(300);
    private static final String DATA = "/var/lib/rancher/k3s";

    private Machine machine;

    @BeforeEach
    void on() throws IOException, InterruptedException {
        machine = Machine.on();
    }

    @AfterEach
    void off() {
        if (machine != null) {
            machine.close();
        }
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
            "unknown flag | true | --no-such-flag | no-such-flag",
            "wrong type | true | --https-listen-port=many | https-listen-port",
            "impossible combination | true | --cluster-cidr=10.0.0.0/8 | must not overlap",
            "damaged config.yaml | printf 'a: [1\\nb: 2' > /etc/rancher/k3s/config.yaml | | /etc/rancher/k3s/config.yaml",
            "unreadable config.yaml | mkdir /etc/rancher/k3s/config.yaml | | /etc/rancher/k3s/config.yaml",
            "wrong type in config.yaml | echo 'https-listen-port: many' > /etc/rancher/k3s/config.yaml | | https-listen-port",
            "busy port | busybox nc -ll -p 6443 -e true & until grep -q :192B /proc/net/tcp*; do sleep 0.1; done | | 6443",
            "data directory is a file | touch " + DATA + " | | " + DATA,
            "no data directory possible | true | --data-dir=/proc/k3s | /proc/k3s",
            "damaged SQLite file | mkdir -p " + DATA + "/server/db; head -c 100000 /dev/urandom > " + DATA
                    + "/server/db/state.db | --disable-agent | state.db",
            "damaged page of a SQLite file | mkdir -p " + DATA + "/server/db; sqlite3 " + DATA + "/server/db/state.db "
                    + "'create table kine (id integer primary key)'; dd if=/dev/zero of=" + DATA
                    + "/server/db/state.db bs=4096 seek=1 count=1 conv=notrunc | --disable-agent | is damaged (Tree 2 page 2",
            "full disk | mkdir -p " + DATA + "; mount -t tmpfs -o size=64k tmpfs " + DATA + "; dd if=/dev/zero of="
                    + DATA + "/full bs=4k; true | --disable-agent | no space for the data directory"})
    void isToldInOneSentence(String what, String before, String flags, String told)
            throws IOException, InterruptedException {
        refused("", Server.command(), before, flags == null ? "" : flags, told);
    }

    @ParameterizedTest
    @CsvSource("setpriv --reuid=65534 --regid=65534 --clear-groups")
    void missingPrivilegeIsToldInOneSentence(String nobody) throws IOException, InterruptedException {
        // a checkout may be where nobody gets to
        String copied = "/var/log/k3s";
        assertThat(machine.run(LIMIT, "cp -a " + K3sProcess.distribution() + " " + copied).code()).isZero();
        refused(nobody, Server.command().replace(K3sProcess.distribution().toString(), copied), "true", "",
                "must run as root");
    }

    private void refused(String as, String command, String before, String flags, String told)
            throws IOException, InterruptedException {
        Outcome prepared = machine.run(LIMIT, "mkdir -p /etc/rancher/k3s; (" + before + ") </dev/null >/dev/null 2>&1");
        assertThat(prepared.code()).as(prepared.text()).isZero();
        Map<String, String> tree = Tree.of(machine);
        Outcome outcome = machine.run(LIMIT, as + " timeout 240 " + command + " server " + flags);
        assertThat(outcome.code()).as(outcome.text()).isNotZero().isNotEqualTo(124);
        assertThat(outcome.text()).contains(told).doesNotContain("\tat ");
        assertThat(outcome.text().lines().filter(line -> line.startsWith("k3s: "))).as(outcome.text()).hasSize(1);
        assertThat(Tree.of(machine)).isEqualTo(tree);
    }
}
