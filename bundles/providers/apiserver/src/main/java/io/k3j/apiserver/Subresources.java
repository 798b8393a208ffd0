package io.k3j.apiserver;

import io.k3j.apicontributions.Contributions;
import io.k3j.apirequests.Bodies;
import io.k3j.apirequests.ConnectOptions;
import io.k3j.apirequests.Request;
import io.k3j.apirequests.RequestInfo;
import io.k3j.apirequests.Responses;
import io.k3j.apiserverapi.Action;
import io.k3j.apiserverapi.Connect;
import io.k3j.apiserverapi.ResourceKind;
import io.k3j.clientapi.ApiFault;
import io.k3j.model.Gvk;
import io.k3j.model.Struct;
import io.k3j.objectregistry.Intent;
import io.k3j.objectregistry.ObjectDecoder;
import io.k3j.objectregistry.Target;
import io.k3j.schema.Schemas;
import io.k3j.schema.Shape;
import java.io.IOException;

/// Serves subresources that other bundles implement: POSTs by an [Action] (bindings, evictions, tokens, reviews),
/// connections by a [Connect].
final class Subresources {
    private final Contributions contributions;
    private final Operations operations;
    private final Bodies bodies;
    private final Schemas schemas;
    private final Responses answers;

    Subresources(Contributions contributions, Operations operations, Bodies bodies, Schemas schemas,
            Responses answers) {
        this.contributions = contributions;
        this.operations = operations;
        this.bodies = bodies;
        this.schemas = schemas;
        this.answers = answers;
    }

    /// Waits for whoever implements a POST that is not a plain create, where that is being replaced; without a seat.
    void await(Request request) {
        contributions.awaitHandler(request.info().gvr(), request.info().subresource());
    }

    /// Performs a POST that is not a plain create.
    /// @throws ApiFault 503 while no bundle implements it, of which [#await] was told
    void act(Request request, Target target, Gvk takes) throws IOException {
        RequestInfo info = request.info();
        if (!info.verb().equals("create")) {
            throw ReadHandler.notAllowed();
        }
        Action action = contributions.action(info.gvr(), info.subresource())
                .orElseThrow(() -> ApiFault.unavailable("nobody carries out " + info.gvr().qualified()
                        + (info.subresource().isEmpty() ? "" : "/" + info.subresource())));
        Struct body = bodies.object(request, new ObjectDecoder.Expected(takes, shape(target.kind(), takes),
                request.params().text("fieldValidation"), request::warn));
        Intent intent = WriteHandler.intent(request, target);
        Struct answer = operations.act(intent, action, body);
        answers.tree(request, 201, answer);
    }

    private Shape shape(ResourceKind kind, Gvk wanted) {
        return wanted.equals(kind.gvk()) ? kind.shape() : ScaleHandler.builtIn(schemas, wanted);
    }

    /// Serves a connection; blocks until it ends. Waits where the bundle that serves it is being replaced.
    /// @throws ApiFault 503 while no bundle serves it
    void connect(Request request, Target target, ResourceKind.Subresource sub) throws IOException {
        RequestInfo info = request.info();
        contributions.awaitHandler(target.gvr(), info.subresource());
        Connect connect = contributions.connect(target.gvr(), info.subresource())
                .orElseThrow(() -> notServed(target, sub));
        Connect.Call call = new Connect.Call(request.caller(), info.key(), info.rest(), request.exchange());
        if (sub.kind().equals(target.kind().gvk())) {
            // a connection that shows the object itself, like its log, is a read, which admission does not see
            connect.serve(call);
            return;
        }
        operations.connect(WriteHandler.intent(request, target), connect,
                ConnectOptions.of(sub.kind(), request.params(), info.rest()), call);
    }

    /// 503: no bundle serves the subresource at the moment.
    static ApiFault notServed(Target target, ResourceKind.Subresource sub) {
        return ApiFault.unavailable("nobody serves " + target.gvr().qualified() + "/" + sub.name());
    }
}
