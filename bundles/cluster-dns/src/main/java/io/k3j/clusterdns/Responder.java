package io.k3j.clusterdns;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// One message in, one message out.
final class Responder {
    private static final int FORWARDED_AT_ONCE = 768;
    private static final int FORWARDED_PER_CLIENT = 128;
    private final Zone zone;
    private final Forwarder forwarder;
    private final Shares outside = new Shares(FORWARDED_AT_ONCE, FORWARDED_PER_CLIENT);

    Responder(Zone zone, Forwarder forwarder) {
        this.zone = zone;
        this.forwarder = forwarder;
    }

    /// The answer to a message of at least a header; blocks while a resolver is asked. Names of the cluster never wait
    /// for others: what is asked of resolvers has seats of its own, of which a client has a part only.
    byte[] respond(byte[] message, boolean tcp, InetAddress client) {
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
        Optional<Answer> own = query.internet() ? zone.answer(query.question()) : Optional.empty();
        Optional<Answer.Data.Name> alias = own.flatMap(a -> alias(a, query));
        // an external name that is the cluster's own is resolved here and now
        Optional<Answer> target = alias
                .flatMap(n -> zone.answer(new Question(n.target(), query.question().type())));
        if (own.isPresent() && (alias.isEmpty() || target.isPresent())) {
            Answer answer = target.map(t -> joined(own.get(), t)).orElseGet(own::get);
            return Wire.answer(message, query, answer, zone.domain(), most);
        }
        if (!outside.take(client)) {
            return Wire.failure(message, Answer.SERVER_FAILURE);
        }
        try {
            return alias.map(n -> Outside.followed(own.orElseThrow(), n, query, forwarder))
                    .map(a -> Wire.answer(message, query, a, zone.domain(), most))
                    .or(() -> forwarder.ask(message, query, tcp, most))
                    .orElseGet(() -> Wire.failure(message, Answer.SERVER_FAILURE));
        } finally {
            outside.give(client);
        }
    }

    /// The one other name an answer consists of, unless it is what was asked for.
    private static Optional<Answer.Data.Name> alias(Answer answer, Wire.Query query) {
        return answer.records().size() == 1 && answer.records().getFirst() instanceof Answer.Data.Name n
                && n.type() == Type.CNAME && query.question().type() != Type.CNAME ? Optional.of(n) : Optional.empty();
    }

    private static Answer joined(Answer alias, Answer target) {
        List<Answer.Data> all = new ArrayList<>(alias.records());
        all.addAll(target.records());
        return new Answer(Answer.OK, all, List.of(), false);
    }
}
