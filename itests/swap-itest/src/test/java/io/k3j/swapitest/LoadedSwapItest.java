package io.k3j.swapitest;

import io.k3j.testkitmachine.Machine;
import io.k3j.testkitmachine.NeedsMachine;
import io.k3j.testkitmachine.Server;
import java.io.IOException;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;

/// Every bundle that the running server with its node shows as swappable is replaced by a rebuilt jar and taken back,
/// under 500 requests per second, 50 watches and a pod: no request fails, no event is lost or repeated, the pod does
/// not notice, nothing is left behind.
@NeedsMachine
@Tag("swap")
class LoadedSwapItest {
    private static final int WARM = 3_000;

    private static Machine machine;
    private static LoadedServer loaded;
    private static Pod pod;

    @BeforeAll
    static void start() throws IOException, InterruptedException {
        machine = Machine.on();
        LoadedServer.dataInMemory(machine);
        loaded = new LoadedServer(machine, Server.start(machine).ready()).settled();
        pod = Pod.running(loaded.api(), loaded.server());
        loaded.load(WARM);
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
    Stream<DynamicTest> keepsEveryPromiseUnderLoad() throws IOException {
        return loaded.swaps(name -> true, pod::status, Row::inTime);
    }
}
