package io.k3j.killpoints;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.testkitmachine.NeedsMachine;
import io.k3j.testkitprocess.KillPoints;
import io.k3j.testmachine.NeedsPackages;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/// Something is done on fresh files again and again and killed at another point each time, at every third to eighth,
/// with `-Dk3j.kill.step=1` at each. Every second time the server's etcd goes as well, as with the machine.
@NeedsMachine
@NeedsPackages({"gcc", "libc6-dev", "etcd-server", "etcd-client", "curl", "procps"})
abstract class Killed {
    @TempDir
    Path directory;
    Hosts hosts;
    KillPoints kill;

    @BeforeEach
    void begin() throws IOException, InterruptedException {
        kill = KillPoints.make(directory).in("/server/db/");
        hosts = Hosts.on(directory);
    }

    @AfterEach
    void end() {
        if (hosts != null) {
            hosts.close();
        }
    }

    Home home(int host, String name, String files) {
        return new Home(hosts, host, name, directory.resolve(files));
    }

    /// What is done at one point.
    interface Point {
        /// Does it.
        /// @param alone whether etcd lives on
        /// @return whether there was such a point
        boolean kill(int point, boolean alone) throws Exception;
    }

    /// Goes through the points, the first one and each so many further.
    static void each(String what, int step, Point one) throws Exception {
        List<Integer> points = new ArrayList<>();
        int wide = Integer.getInteger("k3j.kill.step", step);
        long begin = System.nanoTime();
        try {
            int point = Integer.getInteger("k3j.kill.first", 1);
            for (; one.kill(point, points.size() % 2 == 0); point += wide) {
                points.add(point);
            }
        } finally {
            System.out.println("[kill] " + what + ": " + points.size() + " points " + points + " in "
                    + (System.nanoTime() - begin) / 1_000_000_000 + " s");
        }
        assertThat(points).as(what).isNotEmpty();
    }

    static Set<String> without(Set<String> all, Set<String> others) {
        Set<String> left = new TreeSet<>(all);
        left.removeAll(others);
        return left;
    }
}
