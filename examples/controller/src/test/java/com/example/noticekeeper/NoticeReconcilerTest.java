package com.example.noticekeeper;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.controllerkit.ControllerContext;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import io.k3j.testkit.FakeApi;
import io.k3j.testkit.ManualClock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// The controller over an API in memory, step by step, on a clock that stands still.
class NoticeReconcilerTest {
    private static final Key NOTICE = new Key("team", "notice");
    private final ManualClock clock = new ManualClock();
    private final FakeApi api = FakeApi.stepped(clock);
    private final ControllerContext context = new ControllerContext(api, clock);

    @BeforeEach
    void begin() {
        NoticeReconciler.add(context);
        context.attach();
    }

    @AfterEach
    void end() {
        context.close();
        api.close();
    }

    private void namespace(Struct annotations) {
        api.seed(NoticeReconciler.NAMESPACES, Obj.of(Struct.of("apiVersion", "v1", "kind", "Namespace", "metadata",
                Struct.of("name", "team", "annotations", annotations))));
        boolean busy = true;
        while (busy) {
            busy = api.deliver() | context.step();
        }
    }

    @Test
    void keepsANoticeAsLongAsItsNamespaceWantsOne() {
        namespace(Struct.of(NoticeReconciler.NOTICE, "hello"));
        assertThat(api.get(NoticeReconciler.CONFIG_MAPS, NOTICE).at("data", "text")).isEqualTo("hello");
        namespace(Struct.of(NoticeReconciler.NOTICE, "good night"));
        assertThat(api.get(NoticeReconciler.CONFIG_MAPS, NOTICE).at("data", "text")).isEqualTo("good night");
        namespace(Struct.EMPTY);
        assertThat(api.find(NoticeReconciler.CONFIG_MAPS, NOTICE)).isEmpty();
    }
}
