package io.k3j.nodeapi;

import io.k3j.model.Struct;
import java.time.Instant;
import java.util.Map;

/// A container.
///
/// @param id the runtime's name for it
/// @param sandbox id of its sandbox; empty when asked for alone
/// @param name as in the pod
/// @param attempt how many containers of that name the pod had before
/// @param state what it does
/// @param image id or digest of what it was made from
/// @param labels as it was made with
/// @param annotations as it was made with
/// @param end times, exit code and words; [End#NONE] in listings
/// @param told of its status: `image` as the runtime names it, `user` as the API tells it; empty in listings
public record Container(String id, String sandbox, String name, int attempt, State state, String image,
        Map<String, String> labels, Map<String, String> annotations, End end, Struct told) {
    /// Copies what it is given.
    public Container {
        labels = Map.copyOf(labels);
        annotations = Map.copyOf(annotations);
    }

    /// One of which no more is told.
    @SuppressWarnings("checkstyle:ParameterNumber") // the record's own, but one
    public Container(String id, String sandbox, String name, int attempt, State state, String image,
            Map<String, String> labels, Map<String, String> annotations, End end) {
        this(id, sandbox, name, attempt, state, image, labels, annotations, end, Struct.EMPTY);
    }

    /// Whether its process runs.
    public boolean running() {
        return state == State.RUNNING;
    }

    /// Whether its process has ended.
    public boolean exited() {
        return state == State.EXITED;
    }

    /// What a container does.
    public enum State {
        /// Made, not started.
        CREATED,
        /// Its process runs.
        RUNNING,
        /// Its process has ended.
        EXITED,
        /// The runtime does not know.
        UNKNOWN
    }

    /// When a container lived and how it ended; [Instant#EPOCH] for what has not happened.
    ///
    /// @param created when it was made
    /// @param started when its process began
    /// @param finished when its process ended
    /// @param exitCode of the process
    /// @param reason one word, as `Completed`, `Error`, `OOMKilled`
    /// @param message the runtime's words, may be empty
    /// @param log path of its log file
    public record End(Instant created, Instant started, Instant finished, int exitCode, String reason,
            String message, String log) {
        /// Nothing known.
        public static final End NONE = new End(Instant.EPOCH, Instant.EPOCH, Instant.EPOCH, 0, "", "", "");
    }
}
