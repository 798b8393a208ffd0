package io.k3j.aggregator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.k3j.clientapi.ApiFault;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class OpenRequestsTest {
    private final OpenRequests open = new OpenRequests(OpenRequests.BYTES * 8L * 16);

    private void refused(String user, String server, String who) {
        assertThatExceptionOfType(ApiFault.class).isThrownBy(() -> open.begin(user, server))
                .satisfies(f -> assertThat(f.code()).isEqualTo(429)).withMessageContaining(who);
    }

    @Test
    void oneServerOrUserTakesNotEveryPlace() {
        for (int i = 0; i < open.mostPerUser(); i++) {
            open.begin("jane", "a");
        }
        refused("jane", "b", "user \"jane\" has 4 ");
        for (int i = open.mostPerUser(); i < open.mostPerServer(); i++) {
            open.begin("joe", "a");
        }
        refused("jim", "a", "APIService \"a\" has 8 ");
        for (int i = 0; i < 2 * open.mostPerUser(); i++) {
            open.begin("jim", "b").close();
        }
    }

    /// All pods of a DaemonSet are one user.
    @Test
    void requestsThatAreBeingAnsweredTakeNoNarrowShare() {
        List<OpenRequests.Place> watches = new ArrayList<>();
        for (int i = 0; i < open.mostOfOne(); i++) {
            OpenRequests.Place watch = open.begin("daemon", "a");
            watch.answered();
            watch.answered();
            watches.add(watch);
        }
        refused("daemon", "b", "user \"daemon\" has 12 ");
        refused("jane", "a", "APIService \"a\" has 12 ");
        for (int i = open.mostOfOne(); i < 16; i++) {
            open.begin("jane", "b");
        }
        refused("jim", "c", "this server has 16 ");
        watches.forEach(OpenRequests.Place::close);
        watches.forEach(OpenRequests.Place::close);
        for (int i = 0; i < open.mostPerUser(); i++) {
            open.begin("daemon", "a");
        }
        refused("daemon", "a", "user \"daemon\" has 4 ");
    }
}
