package io.k3j.clusterdns;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// One message in, one message out.
final class Responder {
    private final Zone zone;
    private final Forwarder forwarder;

    Responder(Zone zone, Forwarder forwarder) {
        this.zone = zone;
        this.forwarder = forwarder;
    }

    /// The answer to a message of at least a header; blocks while a resolver is asked.
    byte[] respond(byte[] message, boolean tcp) {
        Wire.Query query;
        try {
            query = Wire.query(message);
        } catch (IllegalArgumentException e) {
            return Wire.failure(message, Answer.FORMAT_ERROR);
        }
        if (!query.standard()) {
            return Wire.failure(message, Answer.NOT_IMPLEMENTED);
        }
        int most = tcp ? 65_535 : query.udp();
        Optional<Answer> own = zone.answer(query.question());
        if (own.isPresent()) {
            return Wire.answer(message, query, followed(own.get(), query), zone.domain(), most);
        }
        return forwarder.ask(message, query, tcp).filter(m -> m.length <= most || tcp)
                .orElseGet(() -> Wire.failure(message, Answer.SERVER_FAILURE));
    }

    /// An external name that is the cluster's own is resolved here and now.
    private Answer followed(Answer answer, Wire.Query query) {
        if (answer.records().size() == 1 && answer.records().getFirst() instanceof Answer.Data.Name n
                && n.type() == Type.CNAME && query.question().type() != Type.CNAME) {
            Optional<Answer> target = zone.answer(new Question(n.target(), query.question().type()));
            if (target.isPresent()) {
                List<Answer.Data> all = new ArrayList<>(answer.records());
                all.addAll(target.get().records());
                return new Answer(Answer.OK, all, List.of(), false);
            }
            return Outside.followed(answer, n, query, forwarder);
        }
        return answer;
    }
}
