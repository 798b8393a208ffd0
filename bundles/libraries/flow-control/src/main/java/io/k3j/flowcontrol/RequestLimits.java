package io.k3j.flowcontrol;

/// How much is worked on, and kept for clients, at once.
///
/// @param flows how requests are classified
/// @param seats requests that are carried out
/// @param bodies memory of large bodies
/// @param answers memory of large answers while their clients read them
/// @param watches how many there are
/// @param longLists lists that are sent chunk by chunk
public record RequestLimits(FlowController flows, Seats seats, BodyBudget bodies, AnswerBudget answers,
        LongRunningShares watches, LongRunningShares longLists) {
}
