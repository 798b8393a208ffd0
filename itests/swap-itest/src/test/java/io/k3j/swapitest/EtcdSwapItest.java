package io.k3j.swapitest;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.testkitmachine.Machine;
import io.k3j.testkitmachine.NeedsMachine;
import io.k3j.testkitmachine.Server;
import io.k3j.testkitprocess.Outcome;
import io.k3j.testmachine.NeedsPackages;
import java.io.IOException;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;

/// On a server with its own etcd the driver and the keeper of etcd's process are replaced under the load of
/// [LoadedSwapItest]: no request fails, no acknowledged write or event is lost, the etcd process is the same one before and
/// after, nothing is left behind.
@NeedsMachine
@NeedsPackages("etcd-server")
@Tag("swap")
class EtcdSwapItest {
    private static final int WARM = 1_000;
    private static final Duration LIMIT = Duration.ofSeconds(300);

    private static Machine machine;
    private static LoadedServer loaded;

    @BeforeAll
    static void start() throws IOException, InterruptedException {
        machine = Machine.on();
        LoadedServer.dataInMemory(machine);
        Server server = Server.start(machine, "--cluster-init", "--disable-agent");
        // the garbage collector looks for new kinds now and then only, and these are; charts have their controller too
        loaded = new LoadedServer(machine, server).leading().settled()
                .running("virtual apiserver-view-etcdsnapshotfiles")
                .running("virtual apiserver-view-helmcharts", 2)
                .running("virtual apiserver-view-helmchartconfigs", 2)
                .load(WARM);
    }

    @AfterAll
    static void stop() {
        if (loaded != null) {
            loaded.close();
        }
        if (machine != null) {
            machine.close();
        }
    }

    @TestFactory
    Stream<DynamicTest> keepsEveryPromiseOfEtcdUnderLoad() throws IOException {
        return loaded.swaps(name -> name.contains("etcd"), EtcdSwapItest::process, Row::inTime);
    }

    /// The id of the one etcd there is, and since when it runs.
    private static String process() throws IOException, InterruptedException {
        Outcome running = machine.run(LIMIT, "for p in $(pidof etcd); do echo $p; cut -d' ' -f22 /proc/$p/stat; done");
        assertThat(running.text().strip().lines()).as(running.text()).hasSize(2);
        return running.text();
    }
}
