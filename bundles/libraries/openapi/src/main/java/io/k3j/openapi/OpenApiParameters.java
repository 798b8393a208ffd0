package io.k3j.openapi;

import java.util.Map;
import java.util.Objects;

/// The parameters of requests: type and what they mean, in words of our own. Upstream's names and types, so that a
/// client that is generated from the document asks as others do.
final class OpenApiParameters {
    private static final String BOOLEAN = "boolean";
    private static final String INTEGER = "integer";
    private static final String STRING = "string";
    /// By name. A parameter that several operations have means the same in all of them.
    private static final Map<String, Parameter> ALL = Map.ofEntries(
            entry("allowWatchBookmarks", BOOLEAN, "Send bookmark events that tell a watcher how far it has come."),
            entry("command", STRING, "The command and its arguments; it is not run by a shell."),
            entry("container", STRING, "The container; needless when the pod has one."),
            entry("continue", STRING, "The token of the next part of a list, as the part before gave it."),
            entry("dryRun", STRING, "All: run every stage of the request but do not keep the result."),
            entry("fieldManager", STRING, "The name of whoever makes the change, as managedFields shows it."),
            entry("fieldSelector", STRING, "Restricts a list to objects whose fields have the given values."),
            entry("fieldValidation", STRING, "What to do about unknown and duplicate fields: Ignore drops them, "
                    + "Warn (the default) drops them with a warning, Strict refuses the request."),
            entry("follow", BOOLEAN, "Keep the stream open and send what is logged from now on."),
            entry("force", BOOLEAN, "Take over fields of other managers when applying."),
            entry("gracePeriodSeconds", INTEGER, "How long the object may take to end; 0 deletes at once."),
            entry("ignoreStoreReadErrorWithClusterBreakingPotential", BOOLEAN,
                    "Delete an object that cannot be read from the store. It may break the cluster."),
            entry("insecureSkipTLSVerifyBackend", BOOLEAN, "Do not check the certificate of the node."),
            entry("labelSelector", STRING, "Restricts a list to objects with the given labels."),
            entry("limit", INTEGER, "How many objects one part of a list may have."),
            entry("limitBytes", INTEGER, "How many bytes of the log to send at most."),
            entry("name", STRING, "The name of the object."),
            entry("namespace", STRING, "The namespace of the object."),
            entry("orphanDependents", BOOLEAN, "Deprecated: use propagationPolicy. Whether dependents are kept."),
            entry("path", STRING, "The path below the thing proxied to."),
            entry("ports", INTEGER, "The ports to forward."),
            entry("pretty", STRING, "true: write the answer with line breaks."),
            entry("previous", BOOLEAN, "The log of the container's run before."),
            entry("propagationPolicy", STRING, "What becomes of dependents: Orphan, Background or Foreground."),
            entry("resourceVersion", STRING, "How new the data must be."),
            entry("resourceVersionMatch", STRING, "How resourceVersion is meant: Exact or NotOlderThan."),
            entry("sendInitialEvents", BOOLEAN, "Begin a watch with the objects that are there."),
            entry("sinceSeconds", INTEGER, "How far back the log begins."),
            entry("stderr", BOOLEAN, "Redirect the standard error stream."),
            entry("stdin", BOOLEAN, "Redirect the standard input stream."),
            entry("stdout", BOOLEAN, "Redirect the standard output stream."),
            entry("stream", STRING, "Which log stream to send: All, Stdout or Stderr."),
            entry("tailLines", INTEGER, "How many lines from the end of the log to send."),
            entry("timeoutSeconds", INTEGER, "When to end a list or watch, whatever has come."),
            entry("timestamps", BOOLEAN, "Begin each line of the log with its time."),
            entry("tty", BOOLEAN, "Give the command a terminal."),
            entry("watch", BOOLEAN, "Send changes as they happen instead of a list."));

    private OpenApiParameters() {
    }

    /// A parameter's type and meaning.
    ///
    /// @param type `boolean`, `integer` or `string`, as OpenAPI calls them
    /// @param description one or two sentences
    record Parameter(String type, String description) {
    }

    private static Map.Entry<String, Parameter> entry(String name, String type, String description) {
        return Map.entry(name, new Parameter(type, description));
    }

    /// By name, in no order. Unmodifiable.
    static Map<String, Parameter> all() {
        return ALL;
    }

    /// @throws NullPointerException when an operation names one that is not here: the code is wrong
    static Parameter of(String name) {
        return Objects.requireNonNull(ALL.get(name), name);
    }
}
