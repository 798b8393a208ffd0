package io.k3j.apiserverapi;

import io.k3j.clientapi.ApiFault;
import io.k3j.edgeapi.Exchange;
import io.k3j.model.Gvr;
import io.k3j.model.Key;
import io.k3j.model.Struct;
import java.io.IOException;
import java.util.List;
import org.osgi.annotation.versioning.ConsumerType;

/// The versions of groups that other servers serve, as APIServices with a Service name them; upstream's
/// kube-aggregator.
///
/// **Who.** `aggregator` registers one; `apiserver` asks it for each request outside of the built-in groups, and calls
/// it after authentication and authorization, in the request's virtual thread and without a seat. Of several the one
/// with the highest service ranking is asked. While it is away, what an APIService gives to another server and what
/// this one does not know is answered with 503; [#versions] and [#openApi] are asked once more when it goes.
/// **Threads.** Any; [#serve], [#ask] and [#delete] block.
@ConsumerType
public interface AggregatedApis {
    /// Whether requests of a version go to another server, whether or not that can be reached.
    boolean aggregates(String group, String version);

    /// Passes a request on and its answer back; blocks for as long as that takes.
    /// @return the status that was answered
    /// @throws ApiFault before anything was answered, as the answer
    /// @throws IOException after the answer has begun and cannot be ended
    int serve(Call call) throws IOException;

    /// Asks for objects on behalf of a component of this process, which may: a GET, answered whole. Blocks.
    ///
    /// @return the object it is answered with, as it came
    /// @throws ApiFault what the other server refuses, in its words; 429 when too many ask; 503 when it cannot be
    /// asked, or answers with what is no object
    default Struct ask(Question question) {
        throw ApiFault.unavailable("the aggregator asks for nobody");
    }

    /// Deletes on behalf of a component of this process, which may: the object that is asked for, or with a key without
    /// a name all that the parameters select. Blocks.
    ///
    /// @param options of kind `DeleteOptions`
    /// @throws ApiFault as [#ask]
    default void delete(Question question, Struct options) {
        throw ApiFault.unavailable("the aggregator deletes for nobody");
    }

    /// All of them, in no order; the same list until one changes.
    List<Version> versions();

    /// What those servers say of their versions in OpenAPI 2, as they said it last; where two mean something else by a
    /// name, the first keeps it. Does not block; the same list until one changes. `apiserver` keeps what is made of it
    /// in memory, so the implementation bounds all of them together, and names that bound.
    default List<OpenApiDocument> openApi() {
        return List.of();
    }

    /// A request of a version.
    record Call(String group, String version, Caller caller, Exchange exchange) {
    }

    /// A question of a component of this process.
    /// @param key without a name for all of a namespace, without a namespace for all of the cluster
    /// @param subresource empty, or what follows the name
    /// @param parameters of the query, texts by name
    record Question(Caller caller, Gvr resource, Key key, String subresource, Struct parameters) {
    }

    /// One version, for discovery.
    /// @param groupPriority the group's place among groups, higher first
    /// @param versionPriority the place among versions of the group, higher first
    /// @param discovery as in an APIGroupDiscovery: `version`, `resources`, `freshness`
    record Version(String group, String version, int groupPriority, int versionPriority, Struct discovery) {
    }

    /// The OpenAPI 2 document of one version. What is wrong in it costs nobody but its server.
    /// @param json an object: `paths` below `/apis/GROUP/VERSION/`, and the `definitions` and `parameters` that these
    /// lead to; nobody changes the bytes
    record OpenApiDocument(String group, String version, byte[] json) {
    }
}
