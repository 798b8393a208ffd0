package io.k3j.nodestatus;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.clientapi.ApiFault;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import io.k3j.testkit.FakeApi;
import io.k3j.testkit.ManualClock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.StreamHandler;
import org.junit.jupiter.api.Test;

class NodeRolesTest {
    private static final String ROLE = "node-role.kubernetes.io/control-plane";
    private final FakeApi api = FakeApi.stepped(new ManualClock());
    private final NodeRoles roles = new NodeRoles(api, Map.of(ROLE, "true"));

    @Test
    void aRefusalIsToldOnceWhenItHasLasted() {
        Obj node = api.seed(NodeLoop.NODES, Obj.of(Struct.of("metadata", Struct.of("name", "n"))));
        List<String> told = new ArrayList<>();
        Handler ear = new StreamHandler() {
            @Override
            public void publish(LogRecord line) {
                if (line.getLevel().equals(Level.WARNING)) {
                    told.add(line.getMessage());
                }
            }
        };
        Logger logger = Logger.getLogger("io.k3j.kubelet");
        logger.addHandler(ear);
        try {
            refused(node);
            assertThat(told).isEmpty();
            while (roles.pending()) {
                refused(node);
            }
            refused(node);
            assertThat(told).hasSize(1);
        } finally {
            logger.removeHandler(ear);
        }
    }

    private void refused(Obj node) {
        api.refuse("patch", NodeLoop.NODES, ApiFault.forbidden(NodeLoop.NODES, "n", "no role binding yet"));
        roles.given(node);
    }

    @Test
    void areAskedForAgainUntilTheyAreGiven() {
        Obj node = api.seed(NodeLoop.NODES, Obj.of(Struct.of("metadata", Struct.of("name", "n"))));
        api.refuse("patch", NodeLoop.NODES, ApiFault.forbidden(NodeLoop.NODES, "n", "no role binding yet"));
        assertThat(roles.given(node).labels()).isEmpty();
        assertThat(roles.pending()).isTrue();
        assertThat(roles.given(node).labels()).containsEntry(ROLE, "true");
        assertThat(roles.pending()).isFalse();
    }
}
