package io.k3j.apirequests;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.codec.Protobuf;
import io.k3j.model.Gvk;
import io.k3j.schema.Schemas;
import java.lang.ref.WeakReference;
import java.time.InstantSource;
import org.junit.jupiter.api.Test;

/// What is kept for a kind does not stay for good: custom resources are defined and deleted all the time.
class KindsThatGoTest {
    private static final int COLLECTIONS = 100;
    private final Protobuf protobuf = new Protobuf(new Schemas());
    private final Tables tables = new Tables(InstantSource.system());
    private final Renderer renderer = new Renderer(protobuf, new Responses(protobuf), tables);
    private final Frames frames = new Frames(renderer, tables);

    private static Gvk kind(int i) {
        return new Gvk("example.com", "v1", "Kind" + i);
    }

    private static Frames.Shape shape() {
        return new Frames.Shape("ADDED", kind(0), Form.JSON, Tables.Include.NONE, false);
    }

    @Test
    void aShapeIsSharedWhileItIsHeldAndThenForgotten() {
        Frames.Shape held = frames.shared(shape());
        assertThat(frames.shared(shape())).isSameAs(held);
        WeakReference<Frames.Shape> gone = new WeakReference<>(frames.shared(
                new Frames.Shape("ADDED", kind(1), Form.JSON, Tables.Include.NONE, false)));
        for (int i = 0; i < COLLECTIONS && gone.get() != null; i++) {
            System.gc();
        }
        assertThat(gone.get()).isNull();
        assertThat(frames.shared(shape())).isSameAs(held);
    }

    @Test
    void theHeadsOfKindsAreBounded() {
        byte[] first = renderer.head(kind(0));
        assertThat(renderer.head(kind(0))).isSameAs(first);
        for (int i = 1; i <= Renderer.MAX_HEADS; i++) {
            renderer.head(kind(i));
        }
        assertThat(renderer.head(kind(0))).isNotSameAs(first).isEqualTo(first);
    }
}
