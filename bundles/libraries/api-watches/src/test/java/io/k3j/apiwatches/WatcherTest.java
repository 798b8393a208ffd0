package io.k3j.apiwatches;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.apirequests.Form;
import io.k3j.apirequests.Frames;
import io.k3j.apirequests.Renderer;
import io.k3j.apirequests.Responses;
import io.k3j.apirequests.Tables;
import io.k3j.apiserverapi.ResourceKind;
import io.k3j.apiserverapi.ResourceKind.Names;
import io.k3j.apiserverapi.ResourceKind.Storage;
import io.k3j.apiserverapi.ResourceKind.Strategy;
import io.k3j.codec.Json;
import io.k3j.codec.Protobuf;
import io.k3j.edgeapi.ResponseStream;
import io.k3j.metricstext.Histogram;
import io.k3j.model.FieldSelector;
import io.k3j.model.Gvk;
import io.k3j.model.Gvr;
import io.k3j.model.Selector;
import io.k3j.model.Struct;
import io.k3j.objectregistry.Kinds;
import io.k3j.objectregistry.ListOptions;
import io.k3j.objectregistry.Selection;
import io.k3j.objectregistry.Target;
import io.k3j.schema.Schemas;
import io.k3j.watchcache.Event;
import io.k3j.watchcache.Item;
import java.io.IOException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class WatcherTest {
    private static final Gvk KIND = Gvk.of("v1", "ConfigMap");
    private final Client client = new Client();
    private final Watcher watcher = watcher();

    /// Takes what it is offered while it reads.
    private static final class Client implements ResponseStream {
        private final List<String> told = new ArrayList<>();
        private boolean reads = true;
        private boolean open = true;

        @Override
        public void write(byte[]... parts) {
            for (byte[] part : parts) {
                Struct event = Json.object(part);
                Struct metadata = event.struct("object").struct("metadata");
                told.add((event.text("type") + " " + metadata.text("name")).strip() + "@"
                        + metadata.text("resourceVersion"));
            }
        }

        @Override
        public boolean offer(int maxPendingBytes, byte[]... parts) {
            if (reads) {
                write(parts);
            }
            return reads;
        }

        @Override
        public boolean open() {
            return open;
        }

        @Override
        public void close() {
            open = false;
        }

        @Override
        public void abort() {
            open = false;
        }
    }

    private Watcher watcher() {
        ResourceKind maps = new ResourceKind(Gvr.of("v1", "configmaps"), KIND,
                new Names("configmap", List.of(), List.of()), true, Set.of("watch"), List.of(),
                new Storage("/registry/configmaps/", KIND), new Schemas().shape(KIND).orElseThrow(), List.of(),
                new Strategy(true, false, false, false, false));
        Selection all = Selection.of(new Target(maps, new Kinds()), "", Selector.EVERYTHING, FieldSelector.EVERYTHING);
        ListOptions options = new ListOptions(Selector.EVERYTHING, FieldSelector.EVERYTHING, -1, "", 0, "", false, true,
                -1);
        Tables tables = new Tables(InstantSource.system());
        Protobuf protobuf = new Protobuf(new Schemas());
        return new Watcher(
                new Watcher.Order(all, new Form(Form.Type.JSON, Form.As.OBJECT, "v1", false), Tables.Include.NONE,
                        options, Watches.LEAST),
                new Frames(new Renderer(protobuf, new Responses(protobuf), tables), tables),
                new CountedStream(client, Histogram.ofBytes(1_024)));
    }

    private static Item item(String name, long revision) {
        String row = "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"" + name + "\"}}";
        return new Item("/registry/configmaps/n/" + name, row.getBytes(UTF_8), revision, revision);
    }

    private static Event deleted(String name, long revision) {
        return new Event(revision, item(name, 2), null);
    }

    /// As when an etcd lease ends with all its keys. History tells a revision from its first event on.
    @Test
    void whatAClientMissedOfARevisionIsToldOnce() throws IOException {
        List<Event> gone = List.of(deleted("a", 7), deleted("b", 7), deleted("c", 7));
        watcher.position(5);
        assertThat(watcher.offer(gone.get(0))).isEqualTo(Watcher.Offer.TOLD);
        client.reads = false;
        assertThat(watcher.offer(gone.get(1))).isEqualTo(Watcher.Offer.BEHIND);
        assertThat(watcher.resume()).isEqualTo(6);
        assertThat(watcher.offer(gone.get(0))).isEqualTo(Watcher.Offer.TOLD);
        assertThat(watcher.offer(gone.get(1))).isEqualTo(Watcher.Offer.BEHIND);
        assertThat(watcher.resume()).isEqualTo(6);
        client.reads = true;
        for (Event event : gone) {
            assertThat(watcher.write(event)).isTrue();
        }
        watcher.position(7);
        gone.forEach(watcher::offer);
        assertThat(watcher.offer(deleted("d", 8))).isEqualTo(Watcher.Offer.TOLD);
        assertThat(client.told).containsExactly("DELETED a@7", "DELETED b@7", "DELETED c@7", "DELETED d@8");
    }

    /// One that began at the newest revision is ahead of the thread that tells all watches.
    @Test
    void bookmarksAreNotBelowThePosition() {
        watcher.position(602);
        assertThat(watcher.offer(deleted("a", 514))).isEqualTo(Watcher.Offer.TOLD);
        long later = System.nanoTime() + TimeUnit.MINUTES.toNanos(2);
        assertThat(watcher.tick(later, 514)).isTrue();
        watcher.finish(514);
        assertThat(client.told).containsExactly("BOOKMARK@602", "BOOKMARK@602");
    }

    /// Whether there is more of its revision is not known yet.
    @Test
    void noBookmarkIsBelowAnEventThatWasTold() throws IOException {
        watcher.position(5);
        watcher.write(deleted("a", 7));
        long later = System.nanoTime() + TimeUnit.MINUTES.toNanos(2);
        assertThat(watcher.tick(later, 6)).isTrue();
        assertThat(client.told).containsExactly("DELETED a@7");
        assertThat(watcher.tick(later, 7)).isTrue();
        assertThat(client.told).containsExactly("DELETED a@7", "BOOKMARK@7");
    }
}
