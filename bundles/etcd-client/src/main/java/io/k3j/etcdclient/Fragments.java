package io.k3j.etcdclient;

import io.k3j.etcdclient.EtcdWatch.Told;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/// Reads what a watch tells. A message that would be longer than a request may be comes in pieces, between any two
/// changes; what is handed on never ends within a revision.
final class Fragments {
    private final Consumer<Told> receiver;
    private List<EtcdEvent> kept = new ArrayList<>();

    Fragments(Consumer<Told> receiver) {
        this.receiver = receiver;
    }

    /// One message of the stream.
    void take(byte[] message) {
        List<EtcdEvent> events = kept;
        kept = new ArrayList<>();
        boolean created = false;
        boolean canceled = false;
        boolean more = false;
        long compacted = 0;
        String reason = "";
        ProtoReader in = new ProtoReader(message);
        for (int field = in.next(); field != 0; field = in.next()) {
            switch (field) {
                case 3 -> created = in.flag();
                case 4 -> canceled = in.flag();
                case 5 -> compacted = in.number();
                case 6 -> reason = in.text();
                case 7 -> more = in.flag();
                case 11 -> events.add(EtcdEvent.read(in.message()));
                default -> {
                    // header, watch id, and fields of a later etcd
                }
            }
        }
        if (more) {
            hold(events);
        }
        receiver.accept(new Told(events, created, canceled, compacted, reason));
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
