package io.k3j.jetcd;

import io.etcd.jetcd.api.WatchResponse;
import io.k3j.jetcd.EtcdWatch.Response;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/// Reads what a watch tells. A message that would be longer than a request may be comes in pieces, between any two
/// changes; what is handed on never ends within a revision. One stream, one thread.
final class Fragments {
    /// `WatchResponse.fragment` of etcd's `rpc.proto`, which jetcd's has not.
    private static final int FRAGMENT = 7;
    private final Consumer<Response> receiver;
    private List<EtcdEvent> kept = new ArrayList<>();

    Fragments(Consumer<Response> receiver) {
        this.receiver = receiver;
    }

    /// One message of the stream.
    void take(WatchResponse told) {
        List<EtcdEvent> events = kept;
        kept = new ArrayList<>();
        told.getEventsList().forEach(event -> events.add(EtcdEvent.of(event)));
        if (told.getUnknownFields().getField(FRAGMENT).getVarintList().contains(1L)) {
            hold(events);
        }
        receiver.accept(new Response(events, told.getCreated(), told.getCanceled(), told.getCompactRevision(),
                told.getCancelReason()));
    }

    /// Keeps those of the last revision, which may go on in the next piece.
    private void hold(List<EtcdEvent> events) {
        int whole = events.size();
        while (whole > 0 && events.get(whole - 1).key().modRevision() == events.getLast().key().modRevision()) {
            whole--;
        }
        List<EtcdEvent> open = events.subList(whole, events.size());
        kept.addAll(open);
        open.clear();
    }
}
