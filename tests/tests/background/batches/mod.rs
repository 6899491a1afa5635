//! One act on many orders: previewed and accepted over HTTP, carried out by the job, whatever comes between.

mod asking;
mod fixture;
mod running;
mod undoing;
mod writing;

use asking::*;
use running::*;
use undoing::*;
use writing::*;

ordervault_tests::twin_tests!(
    orders_go_into_the_trash_and_come_back_as_they_were,
    a_selection_and_one_order_come_back,
    other_acts_run_too,
    prices_are_corrected_as_previewed,
    a_filter_is_that_of_the_list,
    a_filter_finds_at_most_so_many,
    a_preview_is_for_one_member_one_act_and_these_orders,
    a_preview_that_is_out_of_date_tells_what_changed,
    previews_are_forgotten,
    a_request_is_carried_out_once,
    batches_are_seen_by_their_makers_and_those_who_lead,
    each_order_has_its_own_result,
    what_changed_since_the_preview_is_left_alone,
    whoever_runs_next_goes_on,
    two_servers_at_once_do_nothing_twice,
    rights_count_at_each_turn,
    a_cancelled_batch_leaves_the_rest,
    every_batch_can_be_undone_and_that_too,
    what_changed_since_a_batch_is_not_undone,
    a_batch_is_undone_when_it_is_finished_by_those_who_may,
    batches_run_side_by_side,
    an_order_that_cannot_be_read_is_given_up,
    what_was_said_is_kept_with_the_orders_only,
    turns_and_a_cancellation_are_decided_as_they_arrive,
    what_is_refused_leaves_no_batch,
    the_job_is_woken_at_once,
);
